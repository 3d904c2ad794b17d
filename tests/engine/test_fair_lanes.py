"""Lanes are lent to clients in turn, and a page never waits for queries of clients."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.engine.fair_lanes import FairLanes, LaneUser
from kg.errors import BusyError

A, B, C = (LaneUser(name, False) for name in "ABC")
PAGE = LaneUser("A", True)
#: Steps of a simulation: who acts, and whether with a new query, the end or the loss of one.
_STEPS = st.lists(
    st.tuples(st.sampled_from([A, B, C, PAGE]), st.sampled_from(["new", "end", "leave"])),
    max_size=60,
)


class Simulation:
    """Queries of clients, which run until they are ended."""

    def __init__(self, lanes: int, queue_length: int = 100, page_lanes: int = 1) -> None:
        self.lanes = FairLanes(lanes, queue_length, page_lanes=page_lanes, full_message="full")
        #: Users of the queries in lanes, in the order in which they got them.
        self.running: list[LaneUser] = []
        self.refused: list[LaneUser] = []
        self._waiting: list[tuple[LaneUser, asyncio.Task[None]]] = []

    async def new(self, user: LaneUser) -> None:
        """Begin a query."""
        task = asyncio.create_task(self._acquire(user))
        self._waiting.append((user, task))
        await self._settle()

    async def end(self, user: LaneUser) -> None:
        """End a running query of a user."""
        self.running.remove(user)
        self.lanes.release(user)
        await self._settle()

    async def leave(self, user: LaneUser) -> None:
        """Cancel the oldest waiting query of a user."""
        entry = next(entry for entry in self._waiting if entry[0] == user)
        entry[1].cancel()
        await self._settle()

    def waiting(self) -> list[LaneUser]:
        """Return the users of waiting queries."""
        return [user for user, _ in self._waiting]

    async def _acquire(self, user: LaneUser) -> None:
        try:
            await self.lanes.acquire(user)
            self.running.append(user)
        except BusyError:
            self.refused.append(user)

    async def _settle(self) -> None:
        for _ in range(4):
            await asyncio.sleep(0)
        self._waiting = [entry for entry in self._waiting if not entry[1].done()]


def test_the_next_lane_goes_to_the_client_with_the_fewest_in_turn() -> None:
    async def run() -> None:
        simulation = Simulation(lanes=3)
        for user in (A, A, A, A, A, B, C):
            await simulation.new(user)
        assert simulation.running == [A, A]
        served = []
        for _ in range(5):
            await simulation.end(simulation.running[0])
            served.append(simulation.running[-1])
        assert served == [B, A, C, A, A]

    asyncio.run(run())


def test_a_page_has_a_lane_that_queries_cannot_use() -> None:
    async def run() -> None:
        simulation = Simulation(lanes=3)
        for _ in range(5):
            await simulation.new(A)
        await simulation.new(PAGE)
        assert simulation.running == [A, A, PAGE]
        await simulation.new(PAGE)
        assert simulation.waiting() == [A, A, A, PAGE]
        await simulation.end(PAGE)
        assert simulation.running == [A, A, PAGE]

    asyncio.run(run())


def test_a_full_queue_makes_room_for_clients_with_fewer_queries() -> None:
    async def run() -> None:
        simulation = Simulation(lanes=2, queue_length=4)
        for _ in range(5):
            await simulation.new(A)
        await simulation.new(A)
        assert simulation.refused == [A]
        await simulation.new(B)
        await simulation.new(B)
        assert (simulation.waiting(), simulation.refused) == ([A, A, B, B], [A, A, A])
        # They have as many as A now.
        await simulation.new(B)
        assert simulation.refused == [A, A, A, B]
        # Questions of pages have a queue of their own.
        await simulation.new(PAGE)
        assert PAGE in simulation.running

    asyncio.run(run())


@given(_STEPS, st.integers(1, 4), st.integers(0, 5))
@settings(max_examples=100)
def test_no_lane_is_lost_or_lent_twice(
    steps: list[tuple[LaneUser, str]], lanes: int, queue_length: int
) -> None:
    async def run() -> None:
        simulation = Simulation(lanes, queue_length, page_lanes=min(1, lanes - 1))
        for user, step in steps:
            if step == "new":
                await simulation.new(user)
            elif step == "end" and user in simulation.running:
                await simulation.end(user)
            elif step == "leave" and user in simulation.waiting():
                await simulation.leave(user)
            assert len(simulation.running) <= lanes
            waiting = simulation.waiting()
            assert PAGE not in waiting or len(simulation.running) == lanes
            queries = sum(not user.is_page for user in simulation.running)
            assert queries <= max(lanes - 1, 1)
            if set(waiting) - {PAGE}:
                assert queries == max(lanes - 1, 1) or len(simulation.running) == lanes
        while simulation.running:
            await simulation.end(simulation.running[0])
        assert not simulation.waiting()

    asyncio.run(run())


@pytest.mark.parametrize("leaves_first", [True, False])
def test_a_client_that_leaves_while_it_gets_a_lane_returns_it(leaves_first: bool) -> None:
    async def run() -> None:
        lanes = FairLanes(1, 10, page_lanes=0, full_message="full")
        await lanes.acquire(A)
        waiting = asyncio.create_task(lanes.acquire(B))
        await asyncio.sleep(0)
        if leaves_first:
            waiting.cancel()
        lanes.release(A)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.wait_for(lanes.acquire(C), 1)

    asyncio.run(run())
