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
  private final List<WorkerProcess> workers = new ArrayList<>();

  /** Starts so many worker processes, each on a port of its own. */
  void start(Kind kind, Path folder, int count) throws IOException {
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
    for (int i = 0; i < count; i++) {
      WorkerProcess worker = WorkerProcess.serve(environment);
      open.addFirst(worker);
      workers.add(worker);
    }
  }

  WorkerProcess worker(int index) {
    return workers.get(index);
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable part : open) {
      part.close();
    }
  }
}
