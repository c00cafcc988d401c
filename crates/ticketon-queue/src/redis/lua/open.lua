-- Makes the room, if there is none. ARGV: epoch, lost up to, ceiling, newcomers from, now, settings and their numbers, how long
-- an idle room is kept.
local ROOM = KEYS[1]
if redis.call('EXISTS', ROOM) == 1 then
    return 0
end
-- What may be left of a room that was lost in part is no longer true.
redis.call('UNLINK', unpack(KEYS, 2))
local epoch, lost_up_to, ceiling, newcomers_from, now = unpack(ARGV)
redis.call('HSET', ROOM, 'epoch', epoch, 'lost_up_to', lost_up_to, 'last', lost_up_to, 'ceiling', ceiling,
    'run', string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'), 'ended_up_to', 0, 'entered', 0, 'admitted', 0, 'highest', 0,
    'parts', math.max(2000 * tonumber(ARGV[11]), 60000), 'as_of', now, 'is_closed', 0, 'newcomers_from', newcomers_from,
    'settings', ARGV[6], 'opens_at', ARGV[7], 'entry_from', ARGV[8], 'is_paused', ARGV[9], 'capacity', ARGV[10],
    'per_minute', ARGV[11], 'claim', ARGV[12], 'stay', ARGV[13])
redis.call('PEXPIRE', ROOM, ARGV[14])
return 1
