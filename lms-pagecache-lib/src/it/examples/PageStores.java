import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.local.*;
import dev.lms.pagecache.redis.*;
import dev.lms.session.redis.RedisConnections;
import java.nio.file.Path;
import java.time.Clock;

public class PageStores {
  /** For one process. */
  static PageCache inThisProcess() {
    return PageCache.of(new LocalPageStore(64 << 20));
  }

  /** For the processes of one machine: each keeps its pages, a file tells them of purges. */
  static PageCache onThisMachine(Path file) throws Exception {
    return PageCache.of(new LocalPageStore(64 << 20, PurgeCounters.shared(file), Clock.systemUTC()));
  }

  /** For several machines: all share the pages, and each process has near copies of the hot ones. */
  static PageCache inRedis(String url) {
    var pages = new RedisPageStore(RedisConnections.open(url, 8), "cache:", Clock.systemUTC());
    return PageCache.of(NearPageStore.over(pages, 64 << 20, Clock.systemUTC()));
  }
}
