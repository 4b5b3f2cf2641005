package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.cache.CacheEvents;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Inputs of a conversation that is ended before they begin. */
class EndedInputTest {
  @Test
  void anInputThatWasBeingCompiledDoesNotBegin() throws Exception {
    SessionServices services =
        new SessionServices(FakeDevices.config(DeviceConfig.CPU, ReuseMode.FULL), CacheEvents.NONE);
    try (services;
        Conversation conversation = new Conversation(services)) {
      conversation.compile("<first>", "x = 1").run();
      Conversation.Input input = conversation.compile("<second>", "x = 2");
      assertThat(conversation.endInput()).isTrue();
      assertThatThrownBy(input::run).isInstanceOf(CancellationException.class);
      assertThat(conversation.variables().get("x").description()).isEqualTo("integer 1");
    }
  }
}
