import dev.lms.session.*;
import dev.lms.session.redis.*;

public class OnRedis {
  static Sessions open(String url, KeyRing keys) {
    return Sessions.of(new RedisSessionStore(RedisConnections.open(url, 8), keys, "session:"), keys);
  }
}
