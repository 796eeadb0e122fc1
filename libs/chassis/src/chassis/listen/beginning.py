"""Where a policy begins: behind everything that was told before its first deployment, so it does not act on history."""

from collections.abc import Sequence
from typing import Final

from chassis.database import Connection, Pool
from chassis.listen.feed import reader, told_facts
from chassis.listen.history import ends_of, history
from chassis.listen.policies import Policy
from chassis.listen.positions import Place
from chassis.listen.told import Told

BEGUN: Final = "select policy from policy_begun where policy = any(%s)"
BEGIN: Final = "insert into policy_begun (policy) values (%s) on conflict do nothing returning policy"
FENCE: Final = """
insert into heard_position (consumer, source, topic, partition, position, kafka_offset, ce_id)
values (%s, %s, %s, %s, %s, %s, %s)
"""


async def begin_policies(pool: Pool, policies: Sequence[Policy], bootstrap: str, topic_prefix: str = "") -> list[str]:
    """Fence each policy that never ran behind the facts that are told by now; return the names of those.

    Any number of workers may do so at once: one of them decides.
    """
    async with pool.connection() as connection:
        begun = await (await connection.execute(BEGUN, [[policy.name for policy in policies]])).fetchall()
    new = [policy for policy in policies if (policy.name,) not in begun]
    if not new:
        return []
    last = {topic: await _last_told(bootstrap, topic, topic_prefix) for topic in {policy.topic for policy in new}}
    async with pool.connection() as connection:
        return [policy.name for policy in new if await _begin(connection, policy, last[policy.topic])]


async def _last_told(bootstrap: str, topic: str, topic_prefix: str) -> dict[Place, Told]:
    """Return the fact with the highest position of each source in each partition."""
    last: dict[Place, Told] = {}
    async with reader(bootstrap) as kafka:
        for partition, end in (await ends_of(kafka, topic_prefix + topic)).items():
            async for records in history(kafka, partition, end):
                for told in told_facts(records, len(topic_prefix)):
                    if told.place not in last or last[told.place].position < told.position:
                        last[told.place] = told
    return last


async def _begin(connection: Connection, policy: Policy, last: dict[Place, Told]) -> bool:
    """Write the policy's fences unless another worker has done so."""
    fences = [(policy.consumer, *place, told.position, told.offset, told.id) for place, told in last.items()]
    async with connection.transaction():
        if not await (await connection.execute(BEGIN, [policy.name])).fetchone():
            return False
        await connection.cursor().executemany(FENCE, fences)
    return True
