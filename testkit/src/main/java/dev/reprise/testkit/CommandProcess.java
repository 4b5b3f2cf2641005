package dev.reprise.testkit;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/** A command as a process of its own, on the class path of the tests. */
public final class CommandProcess {
  private final Properties system;

  /**
   * @param system properties of this process, which say how it was started
   */
  public CommandProcess(Properties system) {
    this.system = system;
  }

  /** The words that start a class with its {@code main}, before those of the command. */
  public List<String> words(Class<?> main) {
    return words(classPath(), main);
  }

  /**
   * As the other, on another class path. The virtual machine has the quick compiler alone and a
   * collector without threads, since such a process lives for seconds.
   */
  public List<String> words(List<Path> classPath, Class<?> main) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(system.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    words.add("--enable-native-access=ALL-UNNAMED");
    words.add("-cp");
    words.add(String.join(File.pathSeparator, classPath.stream().map(Path::toString).toList()));
    words.add(main.getName());
    return words;
  }

  /** What starts such words; the virtual machine prints nothing of its own. */
  public static ProcessBuilder builder(List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    // Where these are set it says so.
    builder
        .environment()
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
    return builder;
  }

  /** What this process was started with. */
  public List<Path> classPath() {
    if (CommandProcess.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs()).map(URL::getPath).map(Path::of).toList();
    }
    String path =
        system.getProperty("surefire.test.class.path", system.getProperty("java.class.path"));
    return Arrays.stream(path.split(File.pathSeparator)).map(Path::of).toList();
  }
}
