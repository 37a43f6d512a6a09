#!/bin/sh
# Prints the path of a Python that bluelmo supports.
#
#   find_python.sh PYTHON        that one and no other
#   find_python.sh --first P...  the first of these that will do, else python3, else the newest
#   find_python.sh --newest      the newest on this machine
#
# Where there is none, prints one line that says why and which would do, and fails.

supported="3.14 3.13 3.12 3.11" # newest first; setup.cfg says the same with python_requires

# Prints the base interpreter behind $1 (which may belong to a virtual environment), or why it will
# not do. Candidates are run, not only looked for: pyenv has shims for versions that cannot start.
probe() {
    "$1" - "$1" $supported 2>/dev/null <<'PYTHON' || { [ $? -eq 3 ] || echo "$1 does not run"; false; }
import sys

version = "%d.%d" % sys.version_info[:2]
if version not in sys.argv[2:]:
    print("%s is Python %s" % (sys.argv[1], version))
    sys.exit(3)
try:
    import ensurepip, venv
except ImportError:
    print("%s has no venv module (Debian, Ubuntu: apt install python%s-venv)" % (sys.argv[1], version))
    sys.exit(3)
print(getattr(sys, "_base_executable", sys.executable))
PYTHON
}

# The first of the candidates that will do; what is wrong with the last one is in $found otherwise.
first() {
    for candidate in "$@"; do
        found=$(probe "$candidate") && echo "$found" && exit
    done
}

newest() {
    for version in $supported; do
        first "python$version" "$(pyenv root 2>/dev/null)/versions/$version".*/bin/python3
    done
}

case "$1" in
--newest)
    newest
    ;;
--first)
    shift
    first "$@" python3
    newest
    first python3 # says what is wrong with the one that most people will think of
    ;;
*)
    first "$1"
    ;;
esac
echo "bluelmo works with Python 3.11 to 3.14, but $found: name another one with PYTHON=PATH"
exit 1
