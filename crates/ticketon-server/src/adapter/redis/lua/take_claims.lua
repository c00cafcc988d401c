-- Claims all of the seats or none. ARGV: owner, now, until, how long Redis keeps them, seats. Answers nothing, or what
-- others claim.
local owner, now, until_then, kept_for = unpack(ARGV, 1, 4)
local seats = { unpack(ARGV, 5) }
forget_ended(now)
for _, whose in ipairs(redis.call('HMGET', OWNERS, unpack(seats))) do
    if whose and whose ~= owner then
        return of_others(owner, now)
    end
end
local owners, ends = {}, {}
for _, seat in ipairs(seats) do
    owners[#owners + 1], owners[#owners + 2] = seat, owner
    ends[#ends + 1], ends[#ends + 2] = until_then, seat
end
redis.call('HSET', OWNERS, unpack(owners))
redis.call('ZADD', ENDS, unpack(ends))
redis.call('PEXPIRE', OWNERS, kept_for)
redis.call('PEXPIRE', ENDS, kept_for)
return nil
