-- Changes a session only if it is still there and as expected, and gives it a new name if one is
-- passed.
-- KEYS[1]  the session; KEYS[2], optional: its name from now on, in the same slot
-- ARGV     now (ms), number of fields to set; field, value, ...;
--          and unless that is all: new deadline, time to live (both ms), what says where it went if
--          it gets a new name, number of fields to expect something of, to remove, to add to;
--          then field, '=value' or '' for absent, ...; field, ...; field, delta, ...
-- Returns 1; or, with nothing written, 0 if the session has ended, 2 if it is not as expected, or
-- where it went if it was rotated and may still be found by this name.
local key, now = KEYS[1], tonumber(ARGV[1])
local deadline = tonumber(redis.call('HGET', key, 'deadline') or '0')
if deadline <= now then
  -- Under the old name of a session that was rotated there is only where it went.
  local went = redis.call('HGET', key, 'next')
  local is_alias = went and tonumber(string.match(went, '^next|%x+|(%d+)|') or '0') > now
  return is_alias and went or 0
end
local rest = 3 + 2 * tonumber(ARGV[2])
local is_all = not ARGV[rest]
local i = rest + 6
if not is_all then
  for _ = 1, tonumber(ARGV[rest + 3]) do
    local value = redis.call('HGET', key, ARGV[i])
    if (value and '=' .. value or '') ~= ARGV[i + 1] then
      return 2
    end
    i = i + 2
  end
end
if KEYS[2] and redis.call('HEXISTS', KEYS[2], 'revoked') == 1 then
  -- Rotated, and revoked before it was: neither name is alive.
  redis.call('DEL', key)
  return 1
end
-- In pieces: Lua unpacks only so many at once.
for from = 3, rest - 1, 1000 do
  redis.call('HSET', key, unpack(ARGV, from, math.min(from + 999, rest - 1)))
end
if is_all then
  return 1
end
for _ = 1, tonumber(ARGV[rest + 4]) do
  redis.call('HDEL', key, ARGV[i])
  i = i + 1
end
for _ = 1, tonumber(ARGV[rest + 5]) do
  local sum = redis.pcall('HINCRBY', key, ARGV[i], ARGV[i + 1])
  if type(sum) == 'table' and sum.err then
    -- Not a counter, or one that would overflow.
    redis.call('HSET', key, ARGV[i], ARGV[i + 1])
  end
  i = i + 2
end
if tonumber(ARGV[rest]) > deadline or KEYS[2] then
  redis.call('HSET', key, 'deadline', ARGV[rest])
  redis.call('PEXPIRE', key, ARGV[rest + 1])
end
if KEYS[2] then
  redis.call('RENAME', key, KEYS[2])
  redis.call('HSET', key, 'next', ARGV[rest + 2])
  redis.call('PEXPIRE', key, ARGV[rest + 1])
end
return 1
