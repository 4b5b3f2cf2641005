package dev.reprise.runtime.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class RetargetedLibraryTest {
  private static byte[] bindings() throws IOException {
    return bindings("libJCublas2-12.6.0-linux-x86_64.so");
  }

  private static byte[] bindings(String file) throws IOException {
    try (InputStream in = RetargetedLibrary.class.getResourceAsStream("/lib/" + file)) {
      Assumptions.assumeTrue(in != null, "no natives of the bindings for this platform");
      return in.readAllBytes();
    }
  }

  @Test
  void theHashIsThatOfTheLoader() {
    // From `readelf -V -x .gnu.version_r` of libraries that need these.
    assertThat(RetargetedLibrary.hash("GLIBC_2.2.5")).isEqualTo(0x09691a75);
    assertThat(RetargetedLibrary.hash("GLIBC_2.17")).isEqualTo(0x06969197);
  }

  @Test
  void onlyTheNamesAndOneHashChange() throws IOException {
    byte[] before = bindings();

    byte[] after = RetargetedLibrary.retargeted(before, "libcublas.so.12", "libcublas.so.13");

    assertThat(after).hasSameSizeAs(before);
    int changed = 0;
    for (int i = 0; i < before.length; i++) {
      changed += before[i] == after[i] ? 0 : 1;
    }
    // The last digit of the one name in the table of strings, and the last digit's bits in the
    // hash.
    assertThat(changed).isEqualTo(2);
    assertThat(text(after).contains("\0libcublas.so.13\0")).isTrue();
    assertThat(text(after).contains("\0libcublas.so.12\0")).isFalse();
    assertThat(RetargetedLibrary.retargeted(after, "libcublas.so.13", "libcublas.so.12"))
        .isEqualTo(before);
  }

  @Test
  void theBindingsOfSparseProductsCanAskForAnotherVersionToo() throws IOException {
    byte[] before = bindings("libJCusparse-12.6.0-linux-x86_64.so");

    byte[] after = RetargetedLibrary.retargeted(before, "libcusparse.so.12", "libcusparse.so.13");

    assertThat(text(after).contains("\0libcusparse.so.13\0")).isTrue();
    assertThat(text(after).contains("\0libcusparse.so.12\0")).isFalse();
  }

  @Test
  void whatIsNoLibraryOrNeedsNoSuchVersionIsRefused() throws IOException {
    byte[] library = bindings();
    assertThatThrownBy(() -> RetargetedLibrary.retargeted(new byte[200], "a.so.1", "a.so.2"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> RetargetedLibrary.retargeted(library, "libnothing.so.1", "libnothing.so.2"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("libnothing.so.1");
    assertThatThrownBy(() -> RetargetedLibrary.retargeted(library, "a", "bc"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
