-- Begins a session.
-- KEYS[1]  a session that does not exist yet
-- ARGV     time to live in ms, then field, value, ...
-- Returns 1, or 0 if it was revoked before it began.
if redis.call('HEXISTS', KEYS[1], 'revoked') == 1 then
  return 0
end
-- In pieces: Lua unpacks only so many at once.
for i = 2, #ARGV, 1000 do
  redis.call('HSET', KEYS[1], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
