"""Turns: in order, nobody starved, and given back by whatever ends a script."""

import threading
from collections.abc import Callable
from time import sleep

import pytest

from rnn_views.turns import (
    COMPUTING,
    DRAWING,
    IN_A_ROW,
    PAGES,
    TRAINING,
    Crowd,
    Turns,
    computing,
    drawing_page,
    measuring,
    training,
)

SOON = 30.0  # seconds that no test needs


def wait_for(condition: Callable[[], bool]) -> None:
    end = threading.Event()
    for _ in range(int(SOON * 1000)):
        if condition():
            return
        end.wait(0.001)
    raise AssertionError("it never came true")


def begin(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


class LeftError(Exception):
    """A visitor has gone: what Streamlit raises at the next look."""


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    turns, order = Turns(), []

    def take(number: int) -> None:
        with turns.turn():
            order.append(number)

    threads = []
    with turns.turn():
        for number in range(12):
            threads.append(begin(lambda number=number: take(number)))
            wait_for(lambda number=number: turns.waiting == number + 1)
    for thread in threads:
        thread.join(SOON)
    assert order == list(range(12))
    assert (turns.taken, turns.waiting) == (0, 0)


def test_those_ahead_go_first_but_do_not_starve_the_others() -> None:
    turns, order = Turns(), []

    def take(name: str) -> None:
        with turns.turn(ahead=name == "ahead"):
            order.append(name)

    names = ["other", "other", *["ahead"] * (2 * IN_A_ROW + 2)]
    threads = []
    with turns.turn():
        for number, name in enumerate(names):
            threads.append(begin(lambda name=name: take(name)))
            wait_for(lambda number=number: turns.waiting == number + 1)
    for thread in threads:
        thread.join(SOON)
    row = ["ahead"] * IN_A_ROW
    assert order == [*row, "other", *row, "other", "ahead", "ahead"]


def test_nobody_is_starved_by_one_who_asks_again_at_once() -> None:
    turns, order, go = Turns(), [], threading.Event()

    def work(name: str) -> None:
        go.wait(SOON)
        for _ in range(20):
            with turns.turn():
                order.append(name)
                # The turn ends only when the others wait: then the order is what is tested.
                wait_for(lambda: turns.waiting == 2 or len(order) > 54)

    threads = [begin(lambda name=name: work(name)) for name in "abc"]
    go.set()
    for thread in threads:
        thread.join(SOON)
    assert len(order) == 60
    rounds = [order[at : at + 3] for at in range(0, 54, 3)]
    assert all(sorted(one) == ["a", "b", "c"] for one in rounds), order


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_than_so_many_at_once(most: int) -> None:
    turns, at_once, seen, guard = Turns(most), [0], [], threading.Lock()

    def work() -> None:
        for _ in range(30):
            with turns.turn():
                with guard:
                    at_once[0] += 1
                    seen.append(at_once[0])
                sleep(0)
                with guard:
                    at_once[0] -= 1

    threads = [begin(work) for _ in range(8)]
    for thread in threads:
        thread.join(SOON)
    assert len(seen) == 240
    assert max(seen) <= most
    assert turns.taken == 0


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(LeftError), turns.turn():
        raise LeftError
    assert turns.taken == 0
    with turns.turn():
        assert turns.taken == 1


def test_who_leaves_while_waiting_loses_the_place_and_stops_nobody() -> None:
    turns, gone, served = Turns(), threading.Event(), threading.Event()
    ended: list[str] = []

    def look() -> None:
        if gone.is_set():
            raise LeftError

    def leave() -> None:
        try:
            with turns.turn(look):
                ended.append("had a turn")
        except LeftError:
            ended.append("left")

    def stay() -> None:
        with turns.turn():
            served.set()

    with turns.turn():
        leaver = begin(leave)
        wait_for(lambda: turns.waiting == 1)
        stayer = begin(stay)
        wait_for(lambda: turns.waiting == 2)
        gone.set()
        leaver.join(SOON)
        assert ended == ["left"]
        assert turns.waiting == 1
    assert served.wait(SOON)
    stayer.join(SOON)
    assert (turns.taken, turns.waiting) == (0, 0)


def test_a_turn_given_to_one_who_just_left_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The turn comes in the moment in which the waiting ends by an error."""
    turns, asked = Turns(), threading.Event()
    release = threading.Event()

    def look() -> None:
        asked.set()
        release.wait(SOON)  # by now the turn is there
        raise LeftError

    def leave() -> None:
        with pytest.raises(LeftError), turns.turn(look):
            pass

    with turns.turn():
        leaver = begin(leave)
        assert asked.wait(SOON)
    release.set()
    leaver.join(SOON)
    assert (turns.taken, turns.waiting) == (0, 0)


def test_a_turn_within_a_turn_is_the_same() -> None:
    turns = Turns()
    with turns.turn(), turns.turn():
        assert turns.taken == 1
    assert turns.taken == 0


def test_away_lets_another_in_and_comes_back() -> None:
    turns, served = Turns(), threading.Event()

    def take() -> None:
        with turns.turn():
            served.set()

    with turns.turn():
        with turns.away():
            assert turns.taken == 0
            begin(take)
            assert served.wait(SOON)
        wait_for(lambda: turns.taken == 1)
    assert turns.taken == 0


def test_an_error_while_away_leaves_no_turn_behind() -> None:
    turns = Turns()
    with pytest.raises(LeftError), turns.turn(), turns.away():
        raise LeftError
    assert turns.taken == 0
    with turns.away():  # without a turn it does nothing
        assert turns.taken == 0


def test_none_is_no_number_of_turns() -> None:
    with pytest.raises(ValueError, match="most is 0"):
        Turns(0)


def test_a_crowd_counts_each_thread_once() -> None:
    crowd = Crowd()
    with crowd.joined(), crowd.joined():
        assert (crowd.count, crowd.others) == (1, 0)
        with crowd.left():
            assert (crowd.count, crowd.others) == (0, 0)
        assert crowd.count == 1
    assert crowd.count == 0
    with crowd.left():
        assert crowd.count == 0


def test_a_crowd_is_waited_for_but_not_for_ever() -> None:
    crowd, inside, leave = Crowd(), threading.Event(), threading.Event()

    def stay() -> None:
        with crowd.joined():
            inside.set()
            leave.wait(SOON)

    thread = begin(stay)
    assert inside.wait(SOON)
    assert not crowd.wait_until_none(seconds=0.01)
    assert crowd.others == 1
    leave.set()
    assert crowd.wait_until_none(seconds=SOON)
    thread.join(SOON)


def test_whatever_ends_a_page_that_trains_leaves_nobody_counted() -> None:
    def train() -> None:
        with drawing_page():
            assert (PAGES.count, DRAWING.taken) == (1, 1)
            with training():
                assert (PAGES.count, DRAWING.taken, TRAINING.count) == (0, 0, 1)
                with computing():
                    assert COMPUTING.taken == 1
                with DRAWING.turn(), computing():
                    raise LeftError

    with pytest.raises(LeftError):
        train()
    assert (PAGES.count, DRAWING.taken, TRAINING.count, COMPUTING.taken) == (0, 0, 0, 0)


def test_what_a_page_measures_goes_before_those_who_train() -> None:
    order: list[str] = []

    def train(name: str) -> None:
        with training(), computing():
            order.append(name)

    def measure() -> None:
        with drawing_page(), measuring():
            order.append("page")

    with COMPUTING.turn():
        threads = []
        for number, act in enumerate((lambda: train("a"), lambda: train("b"), measure)):
            threads.append(begin(act))
            wait_for(lambda number=number: COMPUTING.waiting == number + 1)
        assert DRAWING.taken == 0  # who measures lets others draw
    for thread in threads:
        thread.join(SOON)
    assert order == ["page", "a", "b"]
    assert (PAGES.count, DRAWING.taken, TRAINING.count, COMPUTING.taken) == (0, 0, 0, 0)


def test_pages_that_wait_for_a_cache_do_not_stop_the_one_that_fills_it() -> None:
    """All turns to draw are taken by threads that wait for a lock of the one that measures."""
    lock, done = threading.Lock(), []

    def draw(name: int) -> None:
        with drawing_page(), lock, measuring():
            done.append(name)

    threads = [begin(lambda name=name: draw(name)) for name in range(8)]
    for thread in threads:
        thread.join(SOON)
    assert sorted(done) == list(range(8))
    assert (PAGES.count, DRAWING.taken, COMPUTING.taken) == (0, 0, 0)
