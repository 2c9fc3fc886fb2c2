"""Forgeries of structure, by where they attack. Every class of the catalogue has at least three really different files."""

import attacks_content
import attacks_file
import attacks_form
import attacks_frame
import attacks_holes
import attacks_readers

MODULES = (attacks_frame, attacks_content, attacks_form, attacks_file, attacks_holes, attacks_readers)


def build(corpus):
    for module in MODULES:
        module.variant.build(corpus)
