-- Changes a session only if it is still there and as expected, and gives it a new name if one is
-- passed.
-- KEYS[1]  the session; KEYS[2], optional: its name from now on, in the same slot
-- ARGV     now, new deadline, time to live (all ms), what says where it went if it gets a new name,
--          number of fields to expect something of, to set, to remove, to add to;
--          then field, '=value' or '' for absent, ...; field, value, ...; field, ...;
--          field, delta, ...
-- Returns 1; or, with nothing written, 0 if the session has ended, 2 if it is not as expected, or
-- where it went if it was rotated and may still be found by this name.
local key = KEYS[1]
local now = tonumber(ARGV[1])
local state = redis.call('HMGET', key, 'deadline', 'next')
local deadline = tonumber(state[1] or '0')
if state[2] and (tonumber(string.match(state[2], '^next|%x+|(%d+)|') or '0') > now) then
  return state[2]
end
if deadline <= now then
  return 0
end
local i = 9
for _ = 1, tonumber(ARGV[5]) do
  local value = redis.call('HGET', key, ARGV[i])
  if (value and '=' .. value or '') ~= ARGV[i + 1] then
    return 2
  end
  i = i + 2
end
if KEYS[2] and redis.call('HEXISTS', KEYS[2], 'revoked') == 1 then
  -- Rotated, and revoked before it was: neither name is alive.
  redis.call('DEL', key)
  return 1
end
local values_end = i + 2 * tonumber(ARGV[6])
while i < values_end do
  -- In pieces: Lua unpacks only so many at once.
  local piece_end = math.min(i + 1000, values_end)
  redis.call('HSET', key, unpack(ARGV, i, piece_end - 1))
  i = piece_end
end
for _ = 1, tonumber(ARGV[7]) do
  redis.call('HDEL', key, ARGV[i])
  i = i + 1
end
for _ = 1, tonumber(ARGV[8]) do
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
  redis.call('HSET', key, 'next', ARGV[4])
  redis.call('PEXPIRE', key, ARGV[3])
end
return 1
