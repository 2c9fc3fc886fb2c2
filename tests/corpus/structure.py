"""Forgeries of structure, by where they attack. Every class of the catalogue has at least three really different files."""

import attacks_content
import attacks_file
import attacks_form
import attacks_frame

MODULES = (attacks_frame, attacks_content, attacks_form, attacks_file)


def build(corpus):
    for module in MODULES:
        module.variant.build(corpus)
