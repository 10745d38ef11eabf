package dev.lms.session.redis;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * @param attributes empty if they cannot be read
 */
record RedisHash(
    @Nullable String envelope,
    @Nullable String deadline,
    @Nullable String next,
    Optional<Map<String, String>> attributes) {

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
    byte[] packed = null;
    Map<String, String> own = new HashMap<>();
    for (Iterator<?> all = answer.iterator(); all.hasNext(); ) {
      Object next = all.next();
      boolean isPair = next instanceof KeyValue;
      String field = text(isPair ? ((KeyValue<?, ?>) next).getKey() : next);
      byte[] value = (byte[]) (isPair ? ((KeyValue<?, ?>) next).getValue() : all.next());
      if (RedisKeys.isAttribute(field)) {
        own.put(RedisKeys.nameOfAttribute(field), text(value));
      } else if (field.equals(RedisKeys.PACKED)) {
        packed = value;
      } else if (field.equals(RedisKeys.ENVELOPE)) {
        envelope = text(value);
      } else if (field.equals(RedisKeys.DEADLINE)) {
        deadline = text(value);
      } else if (field.equals(RedisKeys.NEXT)) {
        went = text(value);
      }
    }
    return new RedisHash(envelope, deadline, went, attributes(packed, own));
  }

  private static Optional<Map<String, String>> attributes(
      byte @Nullable [] packed, Map<String, String> own) {
    if (packed == null) {
      return Optional.of(own);
    }
    Optional<Map<String, String>> all = PackedAttributes.unpack(packed);
    all.ifPresent(attributes -> attributes.putAll(own));
    return all;
  }

  private static String text(Object bytes) {
    return SafeEncoder.encode((byte[]) bytes);
  }
}
