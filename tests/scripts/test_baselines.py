"""N-grams and logistic regression, against counts done by hand and optimality conditions."""

import numpy as np
import pytest

from rnn_core.tasks import TASKS
from scripts.baselines.classical import count_grams, fit_logistic, fit_ngram
from scripts.baselines.nearest import nearest_neighbour_score

# Two sequences side by side: 0 1 2 and 0 1, read one step ahead of what comes next.
READ = np.array([[0, 0], [1, 1], [2, 0]])
NEXT = np.array([[1, 1], [2, 0], [0, -1]])


def random_sequences(seed=0, steps=9, batch=40, vocabulary=5):
    rng = np.random.default_rng(seed)
    tokens = rng.choice(vocabulary, size=(steps + 1, batch), p=[0.4, 0.3, 0.15, 0.1, 0.05])
    targets = tokens[1:].copy()
    targets[-2:, ::3] = -1
    return tokens[:-1], targets


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_every_context_gives_a_distribution(order):
    inputs, targets = random_sequences()
    model = fit_ngram(inputs, targets, order, vocabulary=5)
    assert np.allclose(model.probabilities.sum(axis=-1), 1)
    assert (model.probabilities > 0).all()


def test_bigram_by_hand():
    model = fit_ngram(READ, NEXT, order=2, vocabulary=3)
    # Pairs seen: 0→1 twice, 1→2, 1→0, 2→0 once each; n1 = 3, n2 = 1, so d = 3/5.
    # Kinds in front of each token: 0 follows {1, 2}, 1 follows {0}, 2 follows {1}: (2, 1, 1).
    # Their own discount: n1 = 2, n2 = 1, d = 1/2, spread over the uniform 1/3.
    unigram = (np.array([2, 1, 1]) - 0.5 + 0.5 * 3 / 3) / 4
    after_one = (np.array([1, 0, 1]) - [0.6, 0, 0.6] + 0.6 * 2 * unigram) / 2
    assert np.allclose(model.predict(READ)[1, 0], after_one)


def test_unseen_context_falls_back_to_the_shorter_one():
    model = fit_ngram(READ, NEXT, order=2, vocabulary=4)
    never_read = model.probabilities[3]
    # Token 3 was neither read nor next: what is left is the discounted unigram over four classes.
    assert np.allclose(never_read, (np.array([2, 1, 1, 0]) - [0.5, 0.5, 0.5, 0] + 1.5 / 4) / 4)


def test_context_stops_at_the_start_of_the_sequence():
    inputs, targets = random_sequences()
    model = fit_ngram(inputs, targets, 3, vocabulary=5)
    first = model.predict(inputs)[0]
    assert np.allclose(first, model.probabilities[5, inputs[0]])


def test_losses_are_minus_log_p_of_the_target():
    inputs, targets = random_sequences()
    model = fit_ngram(inputs, targets, 3, vocabulary=5)
    losses, p = model.losses(inputs, targets), model.predict(inputs)
    for t, b in np.ndindex(targets.shape):
        if targets[t, b] < 0:
            assert np.isnan(losses[t, b])
        else:
            assert losses[t, b] == pytest.approx(-np.log(p[t, b, targets[t, b]]))


def test_unigram_looks_at_nothing():
    inputs, targets = random_sequences()
    p = fit_ngram(inputs, targets, 1, vocabulary=5).predict(inputs)
    assert np.allclose(p, p[0, 0])


def test_longer_context_wins_where_the_past_matters():
    # The next token repeats the one before last, so a trigram knows it and a bigram does not.
    rng = np.random.default_rng(3)
    tokens = np.empty((40, 30), dtype=int)
    tokens[:2] = rng.integers(0, 3, (2, 30))
    for t in range(2, 40):
        tokens[t] = tokens[t - 2]
    inputs, targets = tokens[:-1], tokens[1:].copy()
    targets[0] = -1
    bigram, trigram = (
        np.nanmean(fit_ngram(inputs, targets, n, vocabulary=3).losses(inputs, targets))
        for n in (2, 3)
    )
    assert bigram > 0.6
    assert trigram < 0.05


@pytest.mark.parametrize("order", [0, 6])
def test_order_out_of_range_is_named(order):
    with pytest.raises(ValueError, match=f"order is {order}"):
        fit_ngram(READ, NEXT, order, vocabulary=3)


def test_mismatched_shapes_are_named():
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(2, 2\)"):
        fit_ngram(READ, NEXT[:2], 2, vocabulary=3)
    with pytest.raises(ValueError, match="nothing to count"):
        fit_ngram(READ, np.full_like(NEXT, -1), 2, vocabulary=3)


def test_grams_by_hand():
    tokens = np.array([[4, 4], [7, 9], [4, 0]])
    bags, known = count_grams(tokens, np.array([3, 2]), orders=(1, 2))
    names = {number: gram for gram, number in known.items()}
    assert [names[n] for n in bags[0]] == [(4,), (7,), (4,), (4, 7), (7, 4)]
    assert [names[n] for n in bags[1] if n >= 0] == [(4,), (9,), (4, 9)]


def test_grams_of_a_test_set_keep_the_training_numbers():
    _, known = count_grams(np.array([[1], [2]]), orders=(1, 2))
    bags, same = count_grams(np.array([[2], [1], [3]]), orders=(1, 2), known=known)
    assert sorted(bags[0]) == sorted([known[2,], known[1,]])
    assert same == known


def test_logistic_reaches_the_bottom():
    rng = np.random.default_rng(0)
    bags = rng.integers(-1, 12, (200, 6))
    labels = rng.integers(0, 3, 200)
    model = fit_logistic(bags, labels, features=12, classes=3, decay=1e-2, steps=3000)
    counts = np.stack([(bags == f).sum(axis=1) for f in range(12)], axis=1)
    p = np.exp(model.logits(bags))
    p /= p.sum(axis=1, keepdims=True)
    error = (p - np.eye(3)[labels]) / 200
    assert np.abs(counts.T @ error + 1e-2 * model.W).max() < 1e-6
    assert np.abs(error.sum(axis=0)).max() < 1e-6


def test_logistic_cannot_see_order():
    # Label 1 exactly when token 0 stands before token 1: the same bag for both labels.
    bags = np.array([[0, 1], [1, 0]] * 20)
    labels = np.array([1, 0] * 20)
    words = fit_logistic(bags, labels, features=2, classes=2)
    assert words.accuracy(bags, labels) == 0.5
    pairs, known = count_grams(bags.T, orders=(1, 2))
    assert fit_logistic(pairs, labels, len(known), 2).accuracy(pairs, labels) == 1.0


def test_logistic_names_bad_input():
    with pytest.raises(ValueError, match="2 bags but 1 labels"):
        fit_logistic(np.array([[0], [1]]), np.array([0]), 2, 2)
    with pytest.raises(ValueError, match="≥ 2"):
        fit_logistic(np.array([[5], [1]]), np.array([0, 1]), 2, 2)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_an_ngram_counts_its_free_probabilities(order):
    model = fit_ngram(
        np.array([[0, 1], [1, 0], [2, 2]]), np.array([[1, 0], [2, 2], [3, 3]]), order, 3, 4
    )
    assert model.size == 4 ** (order - 1) * 3
    assert not model.probabilities.flags.writeable


def test_nearest_neighbour_is_a_strong_but_beatable_baseline() -> None:
    data = TASKS["captions"].data()
    assert nearest_neighbour_score(data, "train") == 1.0
    assert 0.8 < nearest_neighbour_score(data, "test") < 0.93
    assert nearest_neighbour_score(data, "unseen pairs") == 0.0
    with pytest.raises(ValueError, match="need pictures"):
        nearest_neighbour_score(TASKS["names"].data())
