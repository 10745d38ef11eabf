-- Changes a session only if it is still there, and gives it a new name if one is passed.
-- KEYS[1]  the session; KEYS[2], optional: its name from now on, in the same slot
-- ARGV     now, new deadline, time to live (all ms), number of fields to set, to remove, to add to;
--          then field, value, ...; field, ...; field, delta, ...
-- Returns 1, or 0 if the session has ended.
local key = KEYS[1]
local deadline = tonumber(redis.call('HGET', key, 'deadline') or '0')
if deadline <= tonumber(ARGV[1]) then
  return 0
end
if KEYS[2] and redis.call('HEXISTS', KEYS[2], 'revoked') == 1 then
  -- Rotated, and revoked before it was: neither name is alive.
  redis.call('DEL', key)
  return 1
end
local i = 7
local values_end = i + 2 * tonumber(ARGV[4])
while i < values_end do
  -- In pieces: Lua unpacks only so many at once.
  local piece_end = math.min(i + 1000, values_end)
  redis.call('HSET', key, unpack(ARGV, i, piece_end - 1))
  i = piece_end
end
for _ = 1, tonumber(ARGV[5]) do
  redis.call('HDEL', key, ARGV[i])
  i = i + 1
end
for _ = 1, tonumber(ARGV[6]) do
  local sum = redis.pcall('HINCRBY', key, ARGV[i], ARGV[i + 1])
  if type(sum) == 'table' and sum.err then
    -- Not a counter, or one that would overflow.
    redis.call('HSET', key, ARGV[i], ARGV[i + 1])
  end
  i = i + 2
end
if tonumber(ARGV[2]) > deadline or KEYS[2] then
  redis.call('HSET', key, 'deadline', ARGV[2])
  redis.call('PEXPIRE', key, ARGV[3])
end
if KEYS[2] then
  redis.call('RENAME', key, KEYS[2])
end
return 1
