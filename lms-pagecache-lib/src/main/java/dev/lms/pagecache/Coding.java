package dev.lms.pagecache;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The content codings a page is kept ready in (RFC 9110 section 8.4). */
public enum Coding {
  /** As it was rendered. */
  IDENTITY,
  /** RFC 1952. */
  GZIP;

  /**
   * The coding a client likes best of those there are (RFC 9110 section 12.5.3).
   *
   * @param acceptEncoding the lines of the request's {@code Accept-Encoding}
   * @return gzip if the client takes it and does not rank it below identity
   */
  public static Coding accepted(List<String> acceptEncoding) {
    if (acceptEncoding.size() == 1 && isUsual(acceptEncoding.get(0))) {
      return GZIP;
    }
    Map<String, Double> weights = new HashMap<>();
    for (String line : acceptEncoding) {
      for (String member : line.toLowerCase(Locale.ROOT).split(",", -1)) {
        String[] parts = member.split(";", 2);
        weights.merge(parts[0].strip(), parts.length == 1 ? 1 : weight(parts[1]), Math::max);
      }
    }
    double gzip =
        weights.getOrDefault(
            "gzip", weights.getOrDefault("x-gzip", weights.getOrDefault("*", 0.0)));
    return gzip > 0 && gzip >= weights.getOrDefault("identity", 0.0) ? GZIP : IDENTITY;
  }

  /** What browsers send; spares them the parsing. */
  private static boolean isUsual(String line) {
    return line.startsWith("gzip,") || line.equals("gzip");
  }

  private static double weight(String parameter) {
    String text = parameter.strip();
    if (!text.startsWith("q=")) {
      return 1;
    }
    try {
      return Double.parseDouble(text.substring(2).strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
