import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Starts the README's program and visits it three times, twice as the same visitor. */
public class HelloCheck {
  public static void main(String[] args) {
    try {
      System.out.println("The README's program runs on Java " + Runtime.version());
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        System.setProperty("port", Integer.toString(free.getLocalPort()));
      }
      Hello.main(new String[0]);
      HttpResponse<String> first = get("none=");
      expect("Visit 1", first.body());
      String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
      expect("Visit 2", get(cookie).body());
      expect("Visit 1", get("none=").body());
      System.exit(0);
    } catch (Exception | AssertionError e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static HttpResponse<String> get(String cookie) throws Exception {
    URI page = URI.create("http://localhost:" + System.getProperty("port") + "/");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(page).header("Cookie", cookie).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static void expect(String expected, String actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + expected + " but was " + actual);
    }
  }
}
