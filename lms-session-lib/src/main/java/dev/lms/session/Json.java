package dev.lms.session;

import com.google.gson.Gson;
import org.jspecify.annotations.Nullable;

/** Values as JSON. Apart, so that gson is needed by those only who use it. */
final class Json<T> {
  private final Gson gson = new Gson();
  private final Class<T> type;

  Json(Class<T> type) {
    this.type = type;
  }

  String write(T value) {
    return gson.toJson(value, type);
  }

  @Nullable T read(String text) {
    return gson.fromJson(text, type);
  }
}
