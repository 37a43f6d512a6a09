"""No archive writes outside of its folder, or more than it may."""

import gzip
import io
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest
from allennlp.models import archival

from bluelmo_plugins.cli import safe_loading
from bluelmo_plugins.cli.safe_loading import MAX_GIGABYTES
from bluelmo_plugins.errors import InputError
from tests.cli.safe_loading.conftest import Spoiler, add


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where archives are extracted to; what leaves their folders is seen here."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def extract(archive: Path) -> dict[str, bytes]:
    """What an archive holds, extracted as AllenNLP does it."""
    with archival.extracted_archive(str(archive)) as folder:
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in Path(folder).rglob("*")
            if path.is_file()
        }


def test_a_benign_archive_is_extracted_as_it_is(spoiler: Spoiler, place: Path) -> None:
    assert extract(spoiler.with_members()) == spoiler.members
    assert not list(place.iterdir())


ATTACKS: dict[str, dict[str, Any]] = {
    "a parent folder": {"name": "../escaped"},
    "a parent folder, deep": {"name": "vocabulary/../../escaped"},
    "a symbolic link": {"name": "weights.th", "type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
    "a link inside": {"name": "weights.th", "type": tarfile.SYMTYPE, "linkname": "config.json"},
    "a link to a folder": {"name": "vocabulary", "type": tarfile.SYMTYPE, "linkname": ".."},
    "a hard link": {"name": "weights.th", "type": tarfile.LNKTYPE, "linkname": "../escaped"},
    "a pipe": {"name": "config.json", "type": tarfile.FIFOTYPE},
    "a device": {"name": "config.json", "type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5},
    "a disk": {"name": "config.json", "type": tarfile.BLKTYPE, "devmajor": 8},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_member_that_is_no_file_of_the_folder_is_refused(
    attack: str, spoiler: Spoiler, place: Path
) -> None:
    archive = spoiler.archive(lambda tar: add(tar, **ATTACKS[attack]))
    before = sorted(place.parent.rglob("*"))
    with pytest.raises(InputError, match=r"model\.tar\.gz: this archive is refused"):
        extract(archive)
    assert sorted(place.parent.rglob("*")) == before


def test_an_absolute_path_is_extracted_below_the_folder(spoiler: Spoiler, place: Path) -> None:
    outside = place.parent / "escaped"
    assert extract(spoiler.archive(lambda tar: add(tar, str(outside), b"{}")))
    assert not outside.exists()


def test_rights_of_members_are_the_users_own(spoiler: Spoiler, place: Path) -> None:
    archive = spoiler.archive(lambda tar: add(tar, "config.json", b"{}", mode=0o6777, uid=0))
    with archival.extracted_archive(str(archive)) as folder:
        assert (Path(folder) / "config.json").stat().st_mode & 0o7000 == 0


def test_a_gzip_bomb_is_refused_before_it_fills_the_disk(
    spoiler: Spoiler, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = spoiler.archive(lambda tar: add(tar, "weights.th", bytes(30_000_000)))
    assert archive.stat().st_size < 100_000
    monkeypatch.setenv(MAX_GIGABYTES, "0.029")
    with pytest.raises(InputError, match=rf"holds more than 0\.029 GB.*set {MAX_GIGABYTES} to"):
        extract(archive)
    monkeypatch.setenv(MAX_GIGABYTES, "0.031")
    assert len(extract(archive)["weights.th"]) == 30_000_000


def bomb(folder: Path, kind: bytes, claimed: int, actual: int) -> Path:
    """An archive with one header that claims a size, and that many bytes or fewer."""
    member = tarfile.TarInfo("weights.th")
    member.size, member.type = claimed, kind
    path = folder / "bomb.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(member.tobuf(tarfile.GNU_FORMAT) + bytes(actual))
    return path


@pytest.mark.parametrize(
    "kind",
    [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK],
    ids=["pax", "global pax", "long name", "long link"],
)
def test_a_huge_header_is_not_read_into_memory(kind: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a header of more than 1048576 bytes"):
        extract(bomb(tmp_path, kind, 20_000_000, 20_000_256))


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.FIFOTYPE, b"Z"])
def test_a_size_beyond_the_limit_is_refused_by_its_claim(kind: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds more than 4 GB|refused"):
        extract(bomb(tmp_path, kind, 2**40, 1000))


def test_endless_padding_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoiler: Spoiler
) -> None:
    monkeypatch.setattr(safe_loading, "MAX_MEMBERS", 10)
    archive = spoiler.archive(lambda tar: [add(tar, f"{n}.txt") for n in range(11)])
    with pytest.raises(InputError, match="more than 10 files"):
        extract(archive)


def test_a_cut_archive_is_told_as_no_archive(spoiler: Spoiler) -> None:
    whole = spoiler.with_members().read_bytes()
    plain = gzip.decompress(whole)
    path = spoiler.folder / "cut.tar.gz"
    for content in (whole[: len(whole) // 2], gzip.compress(plain[:3000]), gzip.compress(b"x" * 9)):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"cut\.tar\.gz: this archive is refused"):
            extract(path)


def test_what_was_extracted_is_removed_after_a_refusal(spoiler: Spoiler, place: Path) -> None:
    def write(tar: tarfile.TarFile) -> None:
        tar.addfile(tarfile.TarInfo("a"), io.BytesIO())
        add(tar, "../b")

    with pytest.raises(InputError):
        extract(spoiler.archive(write))
    assert not list(place.iterdir())
