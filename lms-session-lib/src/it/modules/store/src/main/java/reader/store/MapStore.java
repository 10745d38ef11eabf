package reader.store;

import dev.lms.session.KeyRing;
import dev.lms.session.store.CompareAndSetStore;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;

/** Sessions in a map that all workers share. Nothing is forgotten at its deadline. */
final class MapStore extends CompareAndSetStore {
  private final ConcurrentMap<String, String> texts;

  MapStore(ConcurrentMap<String, String> texts, KeyRing keys) {
    super(keys);
    this.texts = texts;
  }

  @Override
  protected Optional<String> read(String key) {
    return Optional.ofNullable(texts.get(key));
  }

  @Override
  protected boolean insert(String key, String text, Instant deadline) {
    return texts.putIfAbsent(key, text) == null;
  }

  @Override
  protected boolean replace(String key, String expected, String text, Instant deadline) {
    return texts.replace(key, expected, text);
  }

  @Override
  protected boolean remove(String key, String expected) {
    return texts.remove(key, expected);
  }
}
