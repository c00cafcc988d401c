-- More numbers may be given, up to a ceiling that is written down. ARGV: epoch, ceiling.
if not open('epoch', 'ceiling') then
    return { 'lost' }
end
if room.epoch == tonumber(ARGV[1]) and room.ceiling < tonumber(ARGV[2]) then
    redis.call('HSET', ROOM, 'ceiling', ARGV[2])
end
return { 'granted' }
