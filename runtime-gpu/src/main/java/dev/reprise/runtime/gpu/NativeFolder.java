package dev.reprise.runtime.gpu;

import java.nio.file.Path;

/**
 * Where the bindings unpack their native libraries. JCuda and JOCL use fixed names in the folder
 * that {@code java.io.tmpdir} names, where another process could plant a library or race for it; so
 * the property names a folder of this process alone while they load.
 */
public final class NativeFolder {
  private static final String PROPERTY = "java.io.tmpdir";

  private NativeFolder() {}

  /** A variable of the environment, or null: toolkits say there where their libraries lie. */
  public static String setting(String variable) {
    return System.getenv(variable);
  }

  /** Runs what loads natives, with the folder as the place to unpack to. */
  public static void during(Path folder, Runnable loading) {
    synchronized (NativeFolder.class) {
      String before = System.getProperty(PROPERTY);
      System.setProperty(PROPERTY, folder.toString());
      try {
        loading.run();
      } finally {
        System.setProperty(PROPERTY, before);
      }
    }
  }
}
