#include "hub/identity/diagnose.h"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "hub/base/error.h"
#include "hub/identity/certificate.h"
#include "hub/identity/peer.h"
#include "hub/identity/tls_material.h"
#include "hub/identity/tls_probe.h"

namespace switchboard::identity {
namespace {

struct Advice {
  std::string_view key;  // reason or alert number
  std::string_view finding;
  std::string_view way_out;
};

constexpr Advice kConnectAdvice[] = {
    {"ADDRESS_INVALID", "the address is not host:port", "write it as hub.example:8443"},
    {"ADDRESS_UNUSABLE", "the host name has no address", "check the name and this machine's DNS"},
    {"CONNECTION_REFUSED", "the machine is there, but nobody listens on that port",
     "check the port and whether the hub runs"},
    {"NO_ROUTE", "the network does not lead there", "check address, routes and VPN"},
    {"TIMED_OUT", "nothing answers", "a firewall drops the packets, or the machine is down"},
};

constexpr Advice kHandshakeAdvice[] = {
    {"NOT_TLS", "somebody answers there, but does not speak TLS",
     "this is another service's port, or a proxy that ends TLS stands in between"},
    {"NOT_HTTP2", "the server speaks TLS, but not gRPC",
     "this is another service's port, such as a web server's"},
    {"CLOSED", "the connection is closed before TLS begins",
     "not a TLS port, or the hub refuses more connections: its log names our address"},
    {"TIMED_OUT", "the port accepts connections, but nobody answers TLS",
     "the hub hangs, or this is another service's port"},
};

// Numbers of RFC 8446, section 6.
constexpr Advice kAlertAdvice[] = {
    {"42", "the hub finds our certificate faulty", "have it issued anew"},
    {"43", "the hub does not take our certificate for a client's",
     "have it issued with extended key usage clientAuth"},
    {"44", "our certificate has been revoked", "have a new one issued"},
    {"45", "our certificate has expired by the hub's clock",
     "renew it; if it is valid here, compare the two machines' clocks"},
    {"46", "the hub does not accept our certificate", "ask for the hub's log of this moment"},
    {"48", "the hub does not know the authority that signed our certificate",
     "add that authority to ca.crt at the hub, or have the hub's authority issue our certificate"},
    {"116", "the hub wants a client certificate and got none",
     "use a directory with tls.crt and tls.key"},
    {"70", "the hub and we share no version of TLS", "update OpenSSL on this machine"},
    {"120", "the server speaks TLS, but not gRPC", "this is another service's port"},
};

template <size_t kSize>
const Advice* Find(const Advice (&table)[kSize], std::string_view key) {
  const Advice* found = std::find_if(std::begin(table), std::end(table),
                                     [&](const Advice& advice) { return advice.key == key; });
  return found == std::end(table) ? nullptr : found;
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone());
}

// "issuer.example" of a SPIFFE id; empty when it is none. What comes back holds harmless bytes
// only.
std::string TrustDomainOf(const std::string& uri) {
  constexpr std::string_view kScheme = "spiffe://";
  if (!uri.starts_with(kScheme)) return "";
  const std::string domain =
      uri.substr(kScheme.size(), uri.find('/', kScheme.size()) - kScheme.size());
  return IsTrustDomain(domain) ? domain : "";
}

// The identity in a certificate, in the trust domain it names itself.
struct Identity {
  std::string trust_domain;
  Peer peer;
};

std::optional<Identity> IdentityOf(X509* certificate) {
  const std::vector<std::string> uris = UriNames(certificate);
  if (uris.size() != 1) return std::nullopt;
  std::string domain = TrustDomainOf(uris[0]);
  const auto peer = ParsePeer(uris[0], domain);
  if (!peer.ok()) return std::nullopt;
  return Identity{std::move(domain), *peer};
}

// One run of the diagnosis; each step answers whether the next makes sense.
class Diagnosis {
 public:
  Diagnosis(const DiagnoseOptions& options, Clock& clock) : options_(options), clock_(clock) {}

  TlsReport Run() && {
    CheckOwnMaterial();
    if (Connect() && Handshake() && own_.has_value()) {
      // The hub's certificate and name being wrong does not keep it from judging ours.
      CheckHubCertificate();
      CheckHubName();
      CheckHubIdentity();
      AwaitAcceptance();
    }
    return std::move(report_);
  }

 private:
  bool Good(std::string name, std::string finding) {
    report_.steps.push_back({std::move(name), true, std::move(finding), ""});
    return true;
  }
  bool Bad(std::string name, std::string finding, std::string way_out) {
    report_.steps.push_back({std::move(name), false, std::move(finding), std::move(way_out)});
    return false;
  }

  void CheckOwnMaterial() {
    auto material = CheckTlsMaterial(options_.directory, TlsUse::kClient, clock_);
    if (!material.ok()) {
      Bad("our certificate", std::string(material.status().message()),
          "put a fitting tls.crt, tls.key and ca.crt there");
      return;
    }
    own_ = *std::move(material);
    Good("our certificate", "valid until " + TimeText(own_->not_after));
    roots_ = *ParseCertificates(own_->roots_pem);
    const auto chain = ParseCertificates(own_->certificate_pem);
    own_identity_ = IdentityOf(chain->front().get());
    if (own_identity_.has_value()) {
      Good("our identity", SpiffeId(own_identity_->peer, own_identity_->trust_domain));
    } else {
      Bad("our identity",
          "our certificate does not name us: it needs exactly one URI of the form "
          "spiffe://<trust domain>/<core, vendor or operator>/<name>",
          "have it issued with that subject alternative name");
    }
  }

  bool Connect() {
    auto probe = TlsProbe::Connect(options_.address, options_.timeout);
    if (probe.ok()) {
      probe_ = *std::move(probe);
      return Good("connection", "reached " + options_.address);
    }
    const Advice* advice = Find(kConnectAdvice, ErrorReason(probe.status()));
    if (advice == nullptr) return Bad("connection", std::string(probe.status().message()), "");
    return Bad("connection", std::string(advice->finding), std::string(advice->way_out));
  }

  bool Handshake() {
    const absl::Status status = probe_->Handshake(own_.has_value() ? &*own_ : nullptr);
    if (status.ok()) return Good("TLS", "spoken there, with HTTP/2");
    return Refused("TLS", status, Find(kHandshakeAdvice, ErrorReason(status)));
  }

  bool Refused(std::string name, const absl::Status& status, const Advice* advice) {
    if (ErrorReason(status) == "ALERT") {
      if (const Advice* known = Find(kAlertAdvice, ErrorMetadata(status, "alert"));
          known != nullptr) {
        advice = known;
      }
    }
    if (advice != nullptr) {
      return Bad(std::move(name), std::string(advice->finding), std::string(advice->way_out));
    }
    return Bad(std::move(name), std::string(status.message()),
               "ask for the hub's log of this moment");
  }

  void CheckHubCertificate() {
    X509* leaf = probe_->server_chain().front().get();
    const int code = VerifyChain(probe_->server_chain(), roots_, TlsUse::kServer, clock_.Now());
    const std::string name = "hub's certificate";
    switch (code) {
      case X509_V_OK:
        Good(name, "signed by our ca.crt, valid until " + TimeText(NotAfter(leaf)));
        return;
      case X509_V_ERR_CERT_HAS_EXPIRED:
        Bad(name,
            "expired (" + TimeText(NotAfter(leaf)) + "; the time here is " +
                TimeText(clock_.Now()) + ")",
            "the hub's operator renews it; if it should be valid, set this machine's clock");
        return;
      case X509_V_ERR_CERT_NOT_YET_VALID:
        Bad(name,
            "valid only from " + TimeText(NotBefore(leaf)) + "; the time here is " +
                TimeText(clock_.Now()),
            "set this machine's clock, or the hub's authority's");
        return;
      case X509_V_ERR_INVALID_PURPOSE:
        Bad(name, "not a server's: extended key usage serverAuth is missing",
            "the hub's operator has it issued anew");
        return;
      default:
        Bad(name, "not signed by an authority in our ca.crt (" + VerifyErrorText(code) + ")",
            "ask the hub's operator for the hub's ca.crt; if it is the same file, somebody stands "
            "in "
            "between");
    }
  }

  void CheckHubName() {
    if (CoversHost(probe_->server_chain().front().get(), probe_->host())) {
      Good("hub's name", "its certificate is for " + probe_->host());
    } else {
      Bad("hub's name", "its certificate is not for " + probe_->host(),
          "connect by a name in the certificate, or have it issued with this one");
    }
  }

  void CheckHubIdentity() {
    const auto hub = IdentityOf(probe_->server_chain().front().get());
    if (!hub.has_value() || !own_identity_.has_value())
      return;  // an issuer may leave the hub's out
    if (hub->trust_domain == own_identity_->trust_domain) {
      Good("trust domain", hub->trust_domain);
    } else {
      Bad("trust domain",
          "the hub's is " + hub->trust_domain + ", ours is " + own_identity_->trust_domain,
          "have our certificate issued for the hub's trust domain");
    }
  }

  // As far as its certificate says: one without an id may be of any trust domain.
  bool KnowsUs() const {
    const auto hub = IdentityOf(probe_->server_chain().front().get());
    return own_identity_.has_value() &&
           (!hub.has_value() || hub->trust_domain == own_identity_->trust_domain);
  }

  void AwaitAcceptance() {
    const absl::Status status = probe_->AwaitSettings();
    if (status.ok() && KnowsUs()) {
      Good("hub accepts us", "yes");
      return;
    }
    if (status.ok()) {
      Bad("hub accepts us", "the connection, but no call: UNAUTHENTICATED, NO_IDENTITY",
          "mend our identity as said above");
      return;
    }
    // gRPC hangs up without an alert when it refuses.
    constexpr Advice kClosed = {"", "the hub hung up after it saw our certificate",
                                "if all above is in order, our authority is not in the hub's "
                                "ca.crt, or its clock differs; the hub's log says which"};
    Refused("hub accepts us", status, ErrorReason(status) == "CLOSED" ? &kClosed : nullptr);
  }

  const DiagnoseOptions& options_;
  Clock& clock_;
  TlsReport report_;
  std::optional<TlsMaterial> own_;
  std::optional<Identity> own_identity_;
  std::vector<Certificate> roots_;
  std::unique_ptr<TlsProbe> probe_;
};

}  // namespace

bool TlsReport::good() const {
  return std::all_of(steps.begin(), steps.end(), [](const Step& step) { return step.good; });
}

std::string TlsReport::Text() const {
  std::string text;
  for (const Step& step : steps) {
    text += (step.good ? "ok     " : "WRONG  ") + step.name + ": " + step.finding + "\n";
    if (!step.way_out.empty()) text += "       do: " + step.way_out + "\n";
  }
  return text;
}

TlsReport DiagnoseTls(const DiagnoseOptions& options, Clock& clock) {
  return Diagnosis(options, clock).Run();
}

}  // namespace switchboard::identity
