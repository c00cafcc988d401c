-- Goes on in another epoch, above every number that may have been given and forgotten. ARGV: epoch, lost up to, ceiling.
if not open('epoch') then
    return { 'lost' }
end
if room.epoch < tonumber(ARGV[1]) then
    redis.call('HSET', ROOM, 'epoch', ARGV[1], 'lost_up_to', ARGV[2], 'last', ARGV[2], 'ceiling', ARGV[3],
        'run', string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'))
end
return { 'granted' }
