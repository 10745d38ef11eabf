package reader.redis;

import dev.lms.session.KeyRing;
import dev.lms.session.Session;
import dev.lms.session.Sessions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;

/** Two requests of one visitor. */
public class Main {
  public static void main(String[] args) {
    KeyRing keys = KeyRing.of("a reader's secret, at least 32 characters");
    UnifiedJedis redis = RedisConnections.open(args[0], 2);
    Sessions sessions = Sessions.of(new RedisSessionStore(redis, keys, "reader:"), keys);

    Session first = sessions.open(List.of());
    first.add("visits", 1);
    first.commit();
    String cookie = first.setCookie().orElseThrow().split(";")[0];

    Session second = sessions.open(List.of(cookie));
    System.out.println("Redis: visit " + second.add("visits", 1));
    System.exit(0);
  }
}
