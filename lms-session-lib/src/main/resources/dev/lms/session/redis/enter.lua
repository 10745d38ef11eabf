-- Enters a session into a person's index, before the session is written. An entry is
-- "deadline seen signed-in root", where root is the handle the session had at sign-in.
-- KEYS[1]  the index
-- ARGV     now, time to live (ms), most sessions, 1 to refuse more or 0 to end the oldest,
--          field, deadline, signed in, root unless handed on, field that is replaced or ''
-- Returns field, entry, field, ... of what must end to stay within the limit, or 0 if it refuses.
local now, max = tonumber(ARGV[1]), tonumber(ARGV[3])
local field, replaced = ARGV[5], ARGV[9]
local root = ARGV[8]
-- A session that is being rotated has several names here, and one root.
local others, of_root, stale = {}, {}, {}
local entries = redis.pcall('HGETALL', KEYS[1])
if entries.err then
  -- No index. Somebody put it in the place of one, which begins again.
  redis.call('DEL', KEYS[1])
  entries = {}
end
for i = 1, #entries, 2 do
  if entries[i] == replaced then
    root = string.match(entries[i + 1], ' (%x+)$') or root
  end
end
for i = 1, #entries, 2 do
  local deadline, signed_in, its_root = string.match(entries[i + 1], '^(%d+) %d+ (%d+) (%x+)$')
  deadline = tonumber(deadline or '0')
  if entries[i] == replaced then
    -- About to go.
  elseif deadline + 60000 <= now and entries[i] ~= field then
    -- Ended, by any worker's clock.
    table.insert(stale, entries[i])
  elseif deadline > now and entries[i] ~= field and its_root ~= root then
    local other = of_root[its_root]
    if not other then
      other = {root = its_root, signed_in = 0, names = {}}
      of_root[its_root] = other
      table.insert(others, other)
    end
    other.signed_in = math.max(other.signed_in, tonumber(signed_in))
    table.insert(other.names, i)
  end
end
if #others >= max and ARGV[4] == '1' then
  return 0
end
redis.call('HSET', KEYS[1], field, ARGV[6] .. ' ' .. ARGV[1] .. ' ' .. ARGV[7] .. ' ' .. root)
-- Not before: an index that is gone, even for a moment, cannot be written in a slot that is moving.
for i = 1, #stale do
  redis.call('HDEL', KEYS[1], stale[i])
end
if #entries == 0 or tonumber(ARGV[2]) > redis.call('PTTL', KEYS[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
local excess = {}
if #others < max then
  return excess
end
-- A total order: sign-ins at the same time must agree on what ends, or too many would.
table.sort(others, function(a, b)
  return a.signed_in < b.signed_in or (a.signed_in == b.signed_in and a.root < b.root)
end)
for i = 1, #others - max + 1 do
  for _, name in ipairs(others[i].names) do
    table.insert(excess, entries[name])
    table.insert(excess, entries[name + 1])
  end
end
return excess
