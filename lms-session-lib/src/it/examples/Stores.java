import dev.lms.session.*;
import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.file.*;
import dev.lms.session.jdbc.JdbcSessionStore;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.redis.*;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;

public class Stores {
  /** Sessions in Redis, sealed cookies, memory or files: nothing else of a program differs. */
  static SessionStore open(String where, Path folder, KeyRing keys) throws Exception {
    if (where.startsWith("redis")) {
      return new RedisSessionStore(RedisConnections.open(where, 8), keys, "session:");
    }
    return switch (where) {
      // What was signed out is remembered in the folder, which all workers share.
      case "cookies" -> new CookieSessionStore(
          keys, SessionSettings.plainHttp().cookie(), "shop", FileRevocations.open(folder));
      case "memory" -> MemorySessionStore.open(keys);
      default -> FileSessionStore.open(folder, keys);
    };
  }

  /** Sessions in the database that the program has anyway; its tables are made on first use. */
  static SessionStore inDatabase(DataSource source, KeyRing keys) {
    return JdbcSessionStore.builder(source, keys).build();
  }

  /** Two requests of one visitor, without a server. */
  static long visits(String where, Path folder, KeyRing keys) throws Exception {
    Sessions sessions = Sessions.of(open(where, folder, keys), keys, SessionSettings.plainHttp());
    Session first = sessions.open(List.of());
    first.add("visits", 1);
    first.commit();
    String cookie = first.setCookie().orElseThrow().split(";")[0];
    return sessions.open(List.of(cookie)).add("visits", 1);
  }

  public static void main(String[] args) throws Exception {
    var keys = KeyRing.of(System.getenv("SECRET_KEY"));
    System.out.println("Visit " + visits(args[0], Path.of("sessions"), keys));
  }
}
