-- The room without its visitors: counters, progress, and the places given up, as mark and sum in turn. ARGV: now.
if not open('epoch', 'lost_up_to', 'last', 'ended_up_to', 'admitted', 'entered',
    'parts', 'as_of', 'per_minute',
    'is_closed', 'is_paused', 'opens_at', 'capacity', 'newcomers_from') then
    return { 'lost' }
end
local now = tonumber(ARGV[1])
refill(room.per_minute, now)
local served_now = served()
local rows, sum = {}, 0

local absent, from = uncounted(served_now)
if absent > 0 then
    sum = absent
    rows = { room.lost_up_to, sum }
end
local exact = redis.call('ZRANGEBYSCORE', GONE, '(' .. from, '+inf')
local next_exact = 1
local function one_by_one_up_to(mark)
    while exact[next_exact] and tonumber(exact[next_exact]) <= mark do
        sum = sum + 1
        rows[#rows + 1], rows[#rows + 2] = exact[next_exact], sum
        next_exact = next_exact + 1
    end
end

-- From block to block that has any: at most as many as fit behind a full room.
local block = redis.call('ZRANGEBYSCORE', BLOCKS, '(' .. from, '+inf', 'LIMIT', 0, 1)[1]
while block do
    local mark = math.ceil(tonumber(block) / BLOCK) * BLOCK
    one_by_one_up_to(mark)
    sum = sum + count(BLOCKS, block, mark)
    rows[#rows + 1], rows[#rows + 2] = mark, sum
    block = redis.call('ZRANGEBYSCORE', BLOCKS, '(' .. mark, '+inf', 'LIMIT', 0, 1)[1]
end
one_by_one_up_to(math.huge)
return { 'room', counters(now), progress(served_now, now), rows }
