-- How many of the keys are there: COUNTED and TAKEN of one part.
return redis.call('EXISTS', unpack(KEYS))
