"""Which file is read for a name, and what its chain of `extends` may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.environments.errors import (
    AbstractEnvironment,
    BadEnvironmentName,
    ExtendsCycle,
    InvalidEnvironment,
    NoEnvironments,
    UnknownEnvironment,
    UnknownParent,
)
from holdfast.environments.loading import load_environment


def test_a_file_that_extends_nothing_is_an_environment(folder):
    loaded = folder.load("whole")

    assert loaded.environment.environment == "whole"
    assert loaded.files == (folder.path / "whole.yaml",)


def test_a_chain_of_any_depth_is_merged_nearest_first(folder):
    folder.write("ring0", "extends: whole\nenvironment: ring0\ntags: {depth: '0', first: 'yes'}\n")
    for depth in range(1, 40):
        folder.write(
            f"ring{depth}", f"extends: ring{depth - 1}\nenvironment: ring{depth}\ntags: {{depth: '{depth}'}}\n"
        )

    loaded = folder.load("ring39")

    assert loaded.environment.tags == {"depth": "39", "first": "yes"}
    assert [file.stem for file in loaded.files[:2]] == ["ring39", "ring38"]
    assert len(loaded.files) == 41


def test_a_file_that_extends_itself_is_refused(folder):
    folder.write("prod", "environment: prod\nextends: prod\n")

    with pytest.raises(ExtendsCycle, match=r"prod\.yaml:2: .*prod → prod"):
        folder.load("prod")


def test_a_circle_is_refused_with_its_members_named(folder):
    folder.write("aa", "extends: bb\nenvironment: aa\n")
    folder.write("bb", "extends: cc\nenvironment: bb\n")
    folder.write("cc", "environment: cc\nextends: bb\n")

    with pytest.raises(ExtendsCycle, match=r"cc\.yaml:2: .*aa → bb → cc → bb"):
        folder.load("aa")


@pytest.mark.parametrize("parent", ["nowhere", "../whole", "/etc/passwd", "[whole]", "{}", "7", "whole.yaml"])
def test_extending_what_is_not_in_the_folder_is_refused_with_the_names_that_are(folder, parent):
    folder.write("prod", f"environment: prod\nextends: {parent}\n")

    with pytest.raises(UnknownParent, match=r"prod\.yaml:2: .*allowed: whole"):
        folder.load("prod")


def test_extending_null_is_extending_nothing(folder):
    folder.write("prod", (folder.path / "whole.yaml").read_text().replace("whole", "prod") + "extends: null\n")

    assert folder.load("prod").files == (folder.path / "prod.yaml",)


@pytest.mark.parametrize(
    "name", ["../x", "../whole", "a/b", "/etc/passwd", "..", "", "a", "Whole", "whole.yaml", "x" * 41, "whole\n"]
)
def test_a_name_that_is_no_name_is_refused_before_any_file_is_read(folder, name):
    (folder.path.parent / "x.yaml").write_text("environment: x\n")

    with pytest.raises(BadEnvironmentName):
        folder.load(name)


def test_an_unknown_environment_lists_those_there_are(folder):
    folder.write("dev", "extends: whole\nenvironment: dev\n")

    with pytest.raises(UnknownEnvironment, match="dev, whole"):
        folder.load("prod")


@pytest.mark.parametrize("made", [True, False])
def test_a_folder_without_environments_says_so(tmp_path, made):
    path = tmp_path / "empty"
    if made:
        path.mkdir()

    with pytest.raises(NoEnvironments, match="empty"):
        load_environment("prod", path)


def test_a_file_only_to_be_extended_is_no_environment(folder):
    folder.write("base", "abstract: true\nenvironment: base\n")

    with pytest.raises(AbstractEnvironment, match="stand alone: whole"):
        folder.load("base")


def test_being_abstract_is_not_inherited(folder):
    folder.write("base", (folder.path / "whole.yaml").read_text().replace("whole", "base") + "abstract: true\n")
    folder.write("prod", "extends: base\nenvironment: prod\n")

    assert folder.load("prod").environment.environment == "prod"


def test_abstract_is_true_or_false(folder):
    error = folder.unreadable("environment: prod\nabstract: 'yes'\n")

    assert "prod.yaml:2: abstract: is not true or false" in error.message


def test_an_environment_is_named_after_its_file(folder):
    folder.write("prod", "extends: whole\nenvironment: staging\n")

    with pytest.raises(InvalidEnvironment, match=r"prod\.yaml:2: environment: .*'staging'.*allowed: prod"):
        folder.load("prod")


def test_the_name_of_an_environment_is_not_inherited(folder):
    folder.write("prod", "extends: whole\n")

    with pytest.raises(InvalidEnvironment, match="environment: is missing"):
        folder.load("prod")


def test_a_value_knows_the_file_and_line_it_was_written_on_through_inheritance(folder):
    provenance = folder.load_with("lock:\n  minimum: 14d\n").provenance

    assert str(provenance["lock.minimum"]) == f"{folder.path / 'prod.yaml'}:4"
    assert str(provenance["lock.acknowledge"]) == f"{folder.path / 'whole.yaml'}:7"
    assert str(provenance["tiers.critical.rules.daily.copy.delete_after"]) == f"{folder.path / 'whole.yaml'}:18"
    assert str(provenance["datasets.orders.select.tags.service"]) == f"{folder.path / 'whole.yaml'}:20"
    assert "keys.rotation" not in provenance


def test_the_source_of_a_default_is_the_closest_thing_that_was_written(folder):
    loaded = folder.load("whole")

    assert loaded.source("tiers.critical.rules.daily.start_window").line == 15
    assert loaded.source("keys.rotation").line is None


def test_a_folder_that_is_named_like_a_file_is_one_clear_error(folder):
    Path(folder.path / "prod.yaml").mkdir()

    with pytest.raises(Exception, match="the file cannot be read") as found:
        folder.load("prod")
    assert found.value.code() == "unreadable-environment-file"
