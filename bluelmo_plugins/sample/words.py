"""Invented words: drugs, genes and diseases that do not exist, and plain words around them."""

from random import Random

_STEM = ("zor", "vel", "brax", "mul", "tav", "pel", "drov", "fex", "kel", "nub", "sil", "hob")
_MIDDLE = ("ta", "mo", "bi", "lu", "xe", "ra", "ni", "do")
_CODE = ("ZRQ", "KVX", "BWJ", "YVD", "QTW", "XHL")
_DEGREE = ("", "", "mild ", "acute ", "severe ")

# A kind has one or more patterns; a pattern is a sequence of choices that are put together. The
# endings tell the kinds apart, so that a reader of characters can guess at a word it never saw.
_PATTERNS: dict[str, tuple[tuple[tuple[str, ...], ...], ...]] = {
    "drug": ((_STEM, _MIDDLE, ("midol", "zepan", "quilam", "farex")),),
    "brand": ((("Zov", "Brin", "Quav", "Tolm", "Werf"), ("ex", "and", "il", "or"), ("ium", "ix")),),
    "group": ((_STEM, _MIDDLE, ("midols", "zepans", "quilams")),),
    "drug_n": ((_CODE, ("-",), ("101", "2247", "38", "905")),),
    "chemical": (
        (_STEM, _MIDDLE, ("midol", "zepan", "quilam", "farex")),
        (_STEM, _MIDDLE, ("nic", "lic"), (" acid",)),
        (("N-", "3-", ""), _STEM, ("yl-", "oxy-"), _STEM, ("amide", "idine")),
    ),
    "gene": (
        (_CODE, ("A", "K", "P", ""), ("1", "2", "3", "7")),
        (_STEM, _MIDDLE, (" kinase", " receptor", "kin")),
    ),
    "disease": (
        (_DEGREE, _STEM, _MIDDLE, ("pathy", "itis", "algia", "osis")),
        (("Orvin", "Talmer", "Quist"), (" disease", " syndrome")),
    ),
    "problem": ((_DEGREE, _STEM, _MIDDLE, ("pathy", "itis", "algia", "osis")),),
    "treatment": (
        (("", "", "iv ", "oral "), _STEM, _MIDDLE, ("midol", "zepan", "quilam", "farex")),
        (_STEM, ("ectomy", "otomy", " drainage")),
    ),
    "test": (
        (("a ", "a repeat "), _STEM, _MIDDLE, ("gram", "scopy", " assay")),
        (("a serum ", "a urine "), _STEM, ("in", "ate"), (" level",)),
    ),
    "disorder": ((_DEGREE, _STEM, _MIDDLE, ("pathy", "itis", "algia", "osis")),),
    "organ": ((("left ", "right "), ("atrium", "kidney", "hip", "lung", "wrist")),),
    "finding": ((("dilated", "swollen", "inflamed", "tender", "enlarged"),),),
    "surname": ((("Orvin", "Talmer", "Quist", "Welp"),),),
    # Mentions that a sentence splitter tears apart at their full stop.
    "torn_disease": ((("St.",),),),
    "torn_disease_rest": ((("Orvin", "Talmer", "Quist"), ("'s fever",)),),
    "torn_chemical": ((("rac.", "dl."),),),
    "torn_chemical_rest": ((_STEM, _MIDDLE, ("nic", "lic"), (" acid",)),),
    "people": ((("adults", "volunteers", "guests", "outpatients", "rats", "farmers", "nurses"),),),
    "cells": ((("cells", "clones", "tissue slices", "cultures", "spheroids", "explants"),),),
    "number": ((("3", "7", "12", "24", "31", "48", "96"),),),
    "percent": ((("5", "12", "33", "40"), ("", ".5"), ("%", " %")),),
    "dose": ((("0.25", "2", "7.5", "40"), (" mg", " µg", " mg/kg")),),
    "time": ((("two", "three", "nine"), (" hours", " days", " weeks")),),
    "adverb": ((("clearly", "slowly", "markedly", "slightly", "mildly"),),),
}

# A slot that stands for any of several kinds, the frequent ones named more than once.
_CHOICES = {"medicine": ("drug", "drug", "drug", "brand", "group", "drug_n")}


def invent(slot: str, random: Random) -> tuple[str, str]:
    """
    Draws what stands in a slot of a sentence.

    # Parameters

    slot : `str`
        A kind of word, e.g. ``"gene"``, or ``"medicine"`` for any kind of drug.
    random : `Random`
        Where the choices come from.

    # Returns

    `tuple[str, str]`
        The text, one word or a few, and its kind.
    """
    kind = random.choice(_CHOICES[slot]) if slot in _CHOICES else slot
    pattern = random.choice(_PATTERNS[kind])
    return "".join(random.choice(choices) for choices in pattern), kind
