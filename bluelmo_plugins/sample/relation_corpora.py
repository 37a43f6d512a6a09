"""The three relation corpora: labels, markers and indices, and sentences made up for them."""

from bluelmo_plugins.sample.relation import RelationCorpus

DDI = RelationCorpus(
    index="DDI-Sample.d{document}.s{sentence}.p{pair}",
    arguments=(("medicine", "medicine"),),
    markers=dict.fromkeys(("drug", "brand", "group", "drug_n"), "@DRUG$"),
    converter_markers={kind: f"@{kind}$" for kind in ("drug", "brand", "group", "drug_n")},
    negative="DDI-false",
    weights={
        "DDI-false": 46,
        "DDI-advise": 12,
        "DDI-effect": 16,
        "DDI-int": 9,
        "DDI-mechanism": 14,
    },
    sentences={"train": 350, "dev": 90, "test": 100},
    first_document=0,
    clauses={
        "DDI-advise": (
            "{medicine} should not be taken together with {medicine}",
            "caution is advised if {medicine} is prescribed beside {medicine}",
            "people on {medicine} should avoid {medicine}",
            "it is advised to halve {medicine} before {medicine} is started",
            "{medicine} should be taken {time} before {medicine}",
        ),
        "DDI-effect": (
            "{medicine} {adverb} worsened the tremor under {medicine}",
            "bleeding was seen after {medicine} with {medicine}",
            "{medicine} worsened the drowsiness caused by {medicine}",
            "fainting was seen in {people} after {medicine} with {medicine}",
            "{medicine} blunts the calming effect of {medicine}",
        ),
        "DDI-int": (
            "{medicine} may interact with {medicine}",
            "an interaction of {medicine} with {medicine} is possible",
            "{medicine} and {medicine} are known to interact",
        ),
        "DDI-mechanism": (
            "{medicine} raised the plasma level of {medicine} by {percent}",
            "clearance of {medicine} fell by {percent} under {medicine}",
            "{medicine} {adverb} inhibits the hepatic breakdown of {medicine}",
            "absorption of {medicine} is {adverb} delayed by {medicine}",
            "the plasma half-life of {medicine} doubled under {medicine}",
        ),
    },
    lists=(
        "{medicine}, {medicine}, {medicine} and {medicine} were listed in the appendix",
        "{medicine}, {medicine} and {medicine} came from the same supplier",
        "{number} {people} had {medicine}, {medicine}, {medicine} or {medicine} at home",
        "the boxes of {medicine} and {medicine} were stored for {time}",
        "{medicine} or {medicine} was allowed as rescue medication, {medicine} was not",
        "tablets held {dose} of {medicine}, {medicine}, {medicine} or {medicine}",
    ),
    asides=(
        ", while {medicine} was left unchanged",
        " and the box of {medicine} was returned",
        ", as the leaflet of {medicine} had said",
    ),
    overlaps=(("DDI-false", "A fixed mixture named @DRUG-DRUG$ was sold for three months."),),
)

CHEMPROT = RelationCorpus(
    index="{document}.T{first}.T{second}",
    arguments=(("chemical", "gene"),),
    markers={"chemical": "@CHEMICAL$", "gene": "@GENE$"},
    negative="false",
    weights={
        "false": 62,
        "CPR:3": 11,
        "CPR:4": 16,
        "CPR:5": 9,
        "CPR:6": 9,
        "CPR:9": 11,
        "CPR:1": 2,
        "CPR:10": 2,
    },
    train_only=("CPR:1", "CPR:10"),
    sentences={"train": 350, "dev": 90, "test": 100},
    first_document=90000001,
    repeats_index=True,
    clauses={
        "CPR:3": (
            "{chemical} {adverb} activates {gene}",
            "expression of {gene} rose after {chemical} was added",
            "{chemical} induced {gene} in {cells}",
        ),
        "CPR:4": (
            "{chemical} inhibits {gene} in {cells}",
            "{gene} was {adverb} blocked by {chemical}",
            "{chemical} reduced the expression of {gene} by {percent}",
            "the inhibitor {chemical} silenced {gene}",
        ),
        "CPR:5": (
            "{chemical} is an agonist of {gene}",
            "{gene} has the agonist {chemical}",
            "{chemical} acts as a partial agonist at {gene}",
        ),
        "CPR:6": (
            "{chemical} is an antagonist of {gene}",
            "{gene} has the antagonist {chemical}",
            "the antagonist {chemical} was given for {gene}",
        ),
        "CPR:9": (
            "{chemical} is a substrate of {gene}",
            "{gene} converts {chemical} within {time}",
            "{chemical} is the product that {gene} makes in {cells}",
        ),
        "CPR:1": ("{chemical} is a part of {gene}",),
        "CPR:10": ("{chemical} does not bind to {gene}",),
    },
    lists=(
        "{chemical}, {chemical}, {gene} and {gene} were bought from one supplier",
        "{gene}, {gene} and {gene} were stained, {chemical} was stored at 4 °C",
        "the panel named {chemical}, {gene}, {chemical} and {gene}",
        "{cells} were kept in {chemical} and the primers for {gene} and {gene} were ordered",
        "{chemical}, {chemical} and {chemical} were stored beside {gene} and {gene} for {time}",
    ),
    asides=(
        ", while {gene} stayed as it was",
        " and {chemical} served as the vehicle",
        ", as shown for {gene} elsewhere",
    ),
    overlaps=(("false", "The @CHEM-GENE$ plates were photographed twice."),),
)

I2B2 = RelationCorpus(
    index="sample-{document}.sample-{document}.con.l{first}.sample-{document}.con.l{second}",
    arguments=(("treatment", "problem"), ("test", "problem"), ("problem", "problem")),
    markers={kind: f"@{kind}$" for kind in ("problem", "treatment", "test")},
    negative="false",
    weights={
        "false": 46,
        "PIP": 8,
        "TeCP": 6,
        "TeRP": 9,
        "TrAP": 9,
        "TrCP": 6,
        "TrIP": 6,
        "TrNAP": 6,
        "TrWP": 5,
    },
    # The real corpus has a dev file of one short document.
    sentences={"train": 350, "dev": 20, "test": 100},
    first_document=1001,
    clauses={
        "PIP": (
            "{problem} secondary to {problem}",
            "{problem} is due to his {problem}",
            "{problem} suggests {problem}",
        ),
        "TeCP": (
            "{test} was ordered to look for {problem}",
            "we will schedule {test} to evaluate for {problem}",
            "{test} was ordered because of {problem}",
        ),
        "TeRP": (
            "{test} revealed {problem}",
            "{test} showed {problem}",
            "on {test} there was {problem}",
        ),
        "TrAP": (
            "{treatment} was given for {problem}",
            "she takes {treatment} for {problem}",
            "{problem} is treated with {treatment}",
        ),
        "TrCP": (
            "{problem} was caused by {treatment}",
            "{treatment} led to {problem}",
            "he developed {problem} from {treatment}",
        ),
        "TrIP": (
            "{problem} resolved with {treatment}",
            "{treatment} improved her {problem}",
            "{problem} cleared after {treatment}",
        ),
        "TrNAP": (
            "{treatment} was withheld given {problem}",
            "no {treatment} because of {problem}",
            "{treatment} was stopped given {problem}",
        ),
        "TrWP": (
            "{problem} worsened despite {treatment}",
            "{problem} progressed in spite of {treatment}",
            "{treatment} failed to control {problem}",
        ),
    },
    lists=(
        "past history: {problem}, {problem}, {problem} and {treatment}",
        "the family was told about {test}, {problem} and {problem}",
        "the form lists {treatment}, {test}, {problem}, {problem} and {problem}",
        "her brother had {problem} in childhood, she had {treatment} and {test} last year",
        "{test} and {problem} were noted by {number} {people} of the night shift, {treatment} too",
    ),
    asides=(
        "; the history of {problem} is unchanged",
        " and {test} is booked",
        ", with {problem} known from before",
    ),
)
