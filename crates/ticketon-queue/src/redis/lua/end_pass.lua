-- Ends the pass of one entry, if it is still its visitor's entry and inside. ARGV: visitor, id, reason, now.
if not open('lost_up_to', 'last', 'ended_up_to') then
    return { 'lost' }
end
local visitor, id, reason, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local entry = entry_of(visitor)
if not entry or entry.id ~= id or not RAN_OUT[entry.state] then
    return { 'not_inside' }
end
finish(visitor, entry, has_run_out(entry, now) and RAN_OUT[entry.state] or reason, now)
return { 'ended' }
