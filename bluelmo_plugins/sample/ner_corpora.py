"""The entity corpora: sentences made up about chemicals, diseases and disorders."""

from bluelmo_plugins.sample.ner import EntityCorpus

# Shared by BC5CDR-chem and BC5CDR-disease, which tag the mentions of one type each.
BC5CDR = EntityCorpus(
    document="{number}",
    mentions={
        "chemical": "chemical",
        "disease": "disease",
        "torn_disease": "disease",
        "torn_chemical": "chemical",
    },
    rests={"torn_disease_rest": "disease", "torn_chemical_rest": "chemical"},
    templates=(
        "{chemical} caused {disease} in {number} {people}.",
        "{number} {people} with {disease} were given {dose} of {chemical}.",
        "{disease} was {adverb} relieved by {chemical} within {time}.",
        "we compared {chemical} with {chemical} in {people} who had {disease}.",
        "after {time} of {chemical}, {people} reported {disease} and {disease}.",
        "{chemical} ({dose}) was stopped when {disease} was found.",
        "the weight of the {people} was {adverb} lower after {time}.",
        "no case of {disease} was seen among {people} without {chemical}.",
        "all {people} gave their consent and were seen again after {time}.",
        "risk of {disease} rose by {percent}, that of {disease} by {percent}.",
        "{chemical}-induced {disease} is rare.",
        "the diet of the {people} held {dose} of {chemical} per day.",
        "questionnaires came back from {percent} of the {people}.",
        "{disease} did not depend on the dose of {chemical}.",
    ),
    rarities=(
        "Two {people} had {torn_disease}|{torn_disease_rest} and took {chemical}.",
        "One drank {torn_chemical}|{torn_chemical_rest} and came down with {disease}.",
        'A "{disease}" after {dose} of "{chemical}" was denied.',
        "Dr. {surname} of St. Welp saw no {disease}.",
    ),
    documents={"train": 80, "dev": 25, "test": 30},
    first_document=80000001,
    document_lines=False,
)

SHARE_CLEFE = EntityCorpus(
    document="SAMPLE-{number}-DISCHARGE_SUMMARY",
    mentions={"disorder": "disorder", "organ": "disorder", "torn_disease": "disorder"},
    rests={"finding": "disorder", "torn_disease_rest": "disorder"},
    templates=(
        "the {organ} is {adverb} {finding}.",
        "the {organ} was felt to be {adverb} {finding}, no {disorder}.",
        "{organ} and the skin over it are {finding}.",
        "past medical history: {disorder}, {disorder}.",
        "she was admitted with {disorder} and stayed for {time}.",
        "no {disorder} on discharge.",
        "he denies {disorder} or {disorder}.",
        "{disorder} was seen on the film of the chest.",
        "discharged home with {treatment} {dose} for {time}.",
        "vital signs were stable, weight {number} kg.",
        "family was present and agreed with the plan.",
        "he was seen by {number} nurses overnight.",
        "started on {treatment} for {disorder}.",
    ),
    rarities=(
        "Known for {torn_disease}|{torn_disease_rest}, on {treatment}.",
        "The {organ}, as the film shows, is {adverb} {finding}.",
        'A "{disorder}" was ruled out by Dr. Welp.',
    ),
    documents={"train": 80, "dev": 25, "test": 40},
    first_document=1001,
    document_lines=True,
)
