package dev.reprise.ci;

import dev.reprise.cli.Main;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The {@code reprise} command as a process of its own, on the class path of the tests. */
final class CommandProcess {
  private CommandProcess() {}

  /**
   * The words that start it, before its own. Its virtual machine has the quick compiler alone and a
   * collector without threads, since such a process lives for seconds.
   */
  static List<String> words(List<Path> classPath) {
    return words(classPath, Main.class);
  }

  /** As the other, with another class in place of the command. */
  static List<String> words(List<Path> classPath, Class<?> main) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    words.add("--enable-native-access=ALL-UNNAMED");
    words.add("-cp");
    words.add(String.join(File.pathSeparator, classPath.stream().map(Path::toString).toList()));
    words.add(main.getName());
    return words;
  }

  /** What this process was started with. */
  static List<Path> classPath() {
    if (CommandProcess.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs()).map(URL::getPath).map(Path::of).toList();
    }
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(path.split(File.pathSeparator)).map(Path::of).toList();
  }
}
