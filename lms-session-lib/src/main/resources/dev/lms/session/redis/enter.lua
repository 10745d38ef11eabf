-- Enters a session into a person's index, before the session is written. An entry is
-- "deadline seen signed-in root", where root is the handle the session had at sign-in.
-- KEYS[1]  the index
-- ARGV     now, time to live (ms), most sessions, 1 to refuse more or 0 to end the oldest,
--          field, deadline, signed in, root unless handed on, field that is replaced or ''
-- Returns field, entry, field, ... of what must end to stay within the limit, or 0 if it refuses.
local now, max = tonumber(ARGV[1]), tonumber(ARGV[3])
local field, replaced = ARGV[5], ARGV[9]
local root = ARGV[8]
local stale = {}
local function is_stale(name, deadline)
  -- Ended, by any worker's clock.
  return deadline + 60000 <= now and name ~= field and name ~= replaced
end
local function enter(is_new)
  redis.call('HSET', KEYS[1], field, ARGV[6] .. ' ' .. ARGV[1] .. ' ' .. ARGV[7] .. ' ' .. root)
  -- Not before: an index that is gone, even for a moment, cannot be written in a slot that is moving.
  for i = 1, #stale do
    redis.call('HDEL', KEYS[1], stale[i])
  end
  if is_new or tonumber(ARGV[2]) > redis.call('PTTL', KEYS[1]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
  end
end

-- Far from the limit nobody needs all entries. A few drawn at random take out as many that have
-- ended as come in, once a third of the index has.
local size = redis.pcall('HLEN', KEYS[1])
if type(size) == 'number' and size > 16 and size < max then
  local some = redis.pcall('HRANDFIELD', KEYS[1], -3, 'WITHVALUES')
  if not some.err then
    for i = 1, #some, 2 do
      if is_stale(some[i], tonumber(string.match(some[i + 1], '^%d+') or '0')) then
        table.insert(stale, some[i])
      end
    end
    local known = replaced ~= '' and redis.call('HGET', KEYS[1], replaced)
    root = known and string.match(known, ' (%x+)$') or root
    enter(false)
    return {}
  end -- Else this user may not ask for some, so for all.
end

-- A session that is being rotated has several names here, and one root.
local others, of_root = {}, {}
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
  if is_stale(entries[i], deadline) then
    table.insert(stale, entries[i])
  elseif deadline > now and entries[i] ~= field and entries[i] ~= replaced and its_root ~= root then
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
enter(#entries == 0)
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
