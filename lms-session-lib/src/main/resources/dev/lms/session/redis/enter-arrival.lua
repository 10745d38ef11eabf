-- Enters a session that comes from another store into its person's index, before it is in its place.
-- KEYS[1]  the index
-- ARGV     field, entry, time to live (ms)
local known = redis.pcall('HGET', KEYS[1], ARGV[1])
if type(known) == 'table' then
  redis.call('DEL', KEYS[1]) -- No index, and in the place of one.
  known = false
end
if not known then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
if tonumber(ARGV[3]) > redis.call('PTTL', KEYS[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1
