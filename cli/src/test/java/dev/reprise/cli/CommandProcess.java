package dev.reprise.cli;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The {@code reprise} command as a process of its own, on the class path of the tests. */
final class CommandProcess {
  private CommandProcess() {}

  /**
   * The words that start it, before its own. Its virtual machine has the quick compiler alone,
   * since such a process lives for seconds.
   *
   * @param main the class that is the command
   */
  static List<String> words(Class<?> main) {
    List<String> words = new ArrayList<>();
    words.add(ProcessHandle.current().info().command().orElseThrow());
    words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    words.addAll(List.of("-cp", classPath(), main.getName()));
    return words;
  }

  /** What starts such words; the virtual machine prints nothing of its own. */
  static ProcessBuilder builder(List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    // Where these are set it says so.
    builder
        .environment()
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
    return builder;
  }

  private static String classPath() {
    if (CommandProcess.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs())
          .map(URL::getPath)
          .collect(Collectors.joining(File.pathSeparator));
    }
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
