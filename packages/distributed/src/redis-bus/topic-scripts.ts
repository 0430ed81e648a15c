/** What is done with a topic's log on the server, each whole or not at all. */
import { LuaScript } from "../redis/lua-script.ts";

/**
 * KEYS: log. ARGV: keptMessages, key, body, idleMs, keptBytes. Gives the message's offset.
 *
 * Only messages larger than their share can make the log too large, so only those have it measured.
 */
export const publishMessage = new LuaScript(`
local call = redis.call
local log, kept, keptBytes = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[5])
local id = call('XADD', log, 'MAXLEN', kept, '*', 'k', ARGV[2], 'b', ARGV[3])
call('PEXPIRE', log, ARGV[4])
if (#ARGV[2] + #ARGV[3]) * kept > keptBytes then
  while call('XLEN', log) > 1 and call('MEMORY', 'USAGE', log) > keptBytes do
    call('XTRIM', log, 'MAXLEN', math.floor(call('XLEN', log) * 3 / 4))
  end
end
call('PUBLISH', log, '')
return id
`);

/** KEYS: log. ARGV: offset, count. Gives the messages after it; when there are none, the newest offset that there is. */
export const readAfter = new LuaScript(`
local entries = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])
if #entries > 0 then return {entries} end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
return {entries, newest[1] and newest[1][1] or ''}
`);

/** KEYS: dead. ARGV: keptDeadLetters, key, body, offset, idleMs. */
export const addDeadLetter = new LuaScript(`
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[1], '*', 'k', ARGV[2], 'b', ARGV[3], 'o', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
`);
