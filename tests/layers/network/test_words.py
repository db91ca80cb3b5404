"""What a network is asked for by its suite, and the words that other people have for that."""

import yaml

from convcheck.layers.catalogue import suite_text
from convcheck.layers.network.words import ROLES, asked_of


def test_no_word_is_of_two_settings():
    every = [word for role in ROLES.values() for word in (*role.words, *role.flags)]
    assert len(every) == len({*every})


def test_several_hidden_layers_are_asked_for_where_there_are_several():
    assert asked_of([("hidden", (7,)), ("classes", 4)]) == ["hidden", "classes"]
    assert asked_of([("hidden", (7, 6))]) == ["hidden[]"]


def test_the_suite_sets_what_there_are_words_for():
    suite = yaml.safe_load(suite_text("network"))
    assert {key for check in suite["checks"] for key in check["settings"]} - {"image"} <= {*ROLES}
    assert suite["defaults"]["where_taken"] is True
