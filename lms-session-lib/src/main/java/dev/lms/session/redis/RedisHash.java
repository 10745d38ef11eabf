package dev.lms.session.redis;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Builder;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.util.KeyValue;
import redis.clients.jedis.util.SafeEncoder;

/**
 * What is under the key of a session. Taken apart as it comes from the network, because every
 * request reads it.
 *
 * @param envelope null if there is none, and likewise the next two
 * @param next where the session went
 */
record RedisHash(
    @Nullable String envelope,
    @Nullable String deadline,
    @Nullable String next,
    Map<String, String> attributes) {

  private static final Builder<RedisHash> BUILDER =
      new Builder<>() {
        @Override
        public RedisHash build(Object answer) {
          return of((List<?>) answer);
        }
      };

  /** Reads all of it: {@code HGETALL}. */
  static CommandObject<RedisHash> read(String key) {
    return new CommandObject<>(new CommandArguments(Protocol.Command.HGETALL).key(key), BUILDER);
  }

  /** Pairs in RESP3; in RESP2 field, value, field, value. */
  private static RedisHash of(List<?> answer) {
    String envelope = null;
    String deadline = null;
    String went = null;
    List<Map.Entry<String, String>> attributes = new ArrayList<>(answer.size());
    for (Iterator<?> all = answer.iterator(); all.hasNext(); ) {
      Object next = all.next();
      boolean isPair = next instanceof KeyValue;
      String field = text(isPair ? ((KeyValue<?, ?>) next).getKey() : next);
      String value = text(isPair ? ((KeyValue<?, ?>) next).getValue() : all.next());
      if (RedisKeys.isAttribute(field)) {
        attributes.add(Map.entry(RedisKeys.nameOfAttribute(field), value));
      } else if (field.equals(RedisKeys.ENVELOPE)) {
        envelope = value;
      } else if (field.equals(RedisKeys.DEADLINE)) {
        deadline = value;
      } else if (field.equals(RedisKeys.NEXT)) {
        went = value;
      }
    }
    return new RedisHash(envelope, deadline, went, mapOf(attributes));
  }

  /** Immutable already, so that nobody copies it once more. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // There are no arrays of generic types.
  private static Map<String, String> mapOf(List<Map.Entry<String, String>> entries) {
    return Map.ofEntries(entries.toArray(new Map.Entry[0]));
  }

  private static String text(Object bytes) {
    return SafeEncoder.encode((byte[]) bytes);
  }
}
