package dev.lms.demo.workers;

import dev.lms.demo.WorkerProcess;
import dev.lms.session.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the workers of a test keep their sessions; starts workers that share it. */
final class Backend implements AutoCloseable {
  /** The stores there are. */
  enum Kind {
    REDIS,
    FILE,
    COOKIE
  }

  private final Map<String, String> environment = new HashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  Backend(Kind kind, Path folder) throws IOException {
    environment.put("LMS_DATA_DIR", Files.createDirectories(folder.resolve("data")).toString());
    environment.put("LMS_DEBUG_ENDPOINTS", "1");
    switch (kind) {
      case REDIS -> {
        RedisServer redis = RedisServer.start();
        open.add(redis);
        environment.put("REDIS_URL", redis.url());
      }
      case FILE -> environment.put("SESSION_STORE", "file");
      case COOKIE -> environment.put("SESSION_STORE", "cookie");
    }
  }

  /** A worker process of its own, on a port of its own. */
  WorkerProcess worker() {
    WorkerProcess worker = WorkerProcess.serve(environment);
    open.addFirst(worker);
    return worker;
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable part : open) {
      part.close();
    }
  }
}
