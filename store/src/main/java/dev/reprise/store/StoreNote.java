package dev.reprise.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process that nobody watched has to say to who opens its store next. Stateless. */
final class StoreNote {
  private final Path file;

  /**
   * @param store its folder
   */
  StoreNote(Path store) {
    this.file = store.resolve("note.txt");
  }

  void leave(String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      // The same trouble, most likely; who runs the next time meets it, too.
    }
  }

  /** What was left, once; null when there is nothing. */
  String take() {
    try {
      String text = Files.readString(file).strip();
      return Files.deleteIfExists(file) && !text.isEmpty() ? text : null;
    } catch (IOException e) {
      return null;
    }
  }
}
