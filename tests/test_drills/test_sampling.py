from __future__ import annotations

import random

import pytest

from holdfast.drills.errors import BadSample
from holdfast.drills.sampling import draw, parse_sample


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "many", " 3", "١", "1e3", "ALL", "9" * 13])
def test_a_sample_that_is_neither_a_number_nor_all_is_refused(text):
    with pytest.raises(BadSample, match="allowed: a whole number from 1, or all"):
        parse_sample(text)


def test_a_sample_is_a_number_or_everything():
    assert parse_sample("25") == 25
    assert parse_sample("all") is None


def test_the_same_seed_draws_the_same_members_and_another_seed_others():
    assert draw(10_000, 50, seed=4).members() == draw(10_000, 50, seed=4).members()
    assert draw(10_000, 50, seed=4).members() != draw(10_000, 50, seed=5).members()


def test_a_sample_has_its_size_and_stays_in_the_population():
    members = draw(10, 7, seed=1).members()
    assert len(members) == 7
    assert members <= set(range(10))


@pytest.mark.parametrize("sample", [None, 10, 11])
def test_a_sample_of_everything_detects_with_certainty(sample):
    sampling = draw(10, sample, seed=1)
    assert sampling.members() is None
    assert (sampling.size, sampling.method, sampling.detection_probability) == (10, "all", 1.0)


def test_an_empty_population_detects_nothing():
    assert draw(0, None, seed=1).detection_probability == 0.0


def test_the_stated_detection_probability_is_what_repeated_samples_find():
    population, damaged, size = 1000, 10, 100
    sampling = draw(population, size, seed=0)
    assert sampling.supposed_damage == damaged / population
    rng = random.Random(3)  # noqa: S311
    tries = 2000
    found = sum(
        not draw(population, size, seed=rng.getrandbits(32)).members().isdisjoint(range(damaged)) for _ in range(tries)
    )
    assert found / tries == pytest.approx(sampling.detection_probability, abs=0.04)


def test_the_record_says_how_to_draw_it_again():
    document = draw(200, 20, seed=99).document()
    again = draw(document["population"], document["sample_size"], document["seed"])
    assert again.members() == draw(200, 20, seed=99).members()
    assert document["detection_probability"] == pytest.approx(1 - 0.99**20, abs=1e-6)
