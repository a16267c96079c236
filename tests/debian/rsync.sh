# rsync -aHAX and tar with attributes and ACLs: what arrives is what was there.
# @timeout 120
mkdir -p /tmp/s /tmp/d && cd /tmp/s
mkdir a b; echo x > a/f; ln a/f b/g; ln -s ../a/f b/l; mkfifo p
chown 12:34 a/f; chmod 4755 a/f
setfattr -n user.k -v val a/f; setfattr -n user.dir -v d a
setfacl -m u:77:rw a/f; setfacl -d -m g:88:rx b
touch -d '2001-02-03 04:05:06.789' a/f; truncate -s 100M sp; cp -r /usr/share/doc/git .
rsync -aHAX --numeric-ids /tmp/s/ /tmp/d/; echo rc $?
rsync -aHAXni --delete /tmp/s/ /tmp/d/
getfattr -dR -m user. --absolute-names /tmp/d/a; getfacl -pn /tmp/d/a/f /tmp/d/b
stat -c '%n %h %a %u %g %F %s' /tmp/d/a/f /tmp/d/p /tmp/d/sp; stat -c '%y' /tmp/d/a/f
find /tmp/d | wc -l
tar --xattrs --acls -cf /tmp/x.tar -C /tmp/s .; mkdir /tmp/t
tar --xattrs --acls --xattrs-include='*' -xpf /tmp/x.tar -C /tmp/t
rsync -aHAXni /tmp/s/ /tmp/t/; getfacl -pn /tmp/t/a/f; getfattr -d --absolute-names /tmp/t/a/f
tar -dSf /tmp/x.tar -C /tmp/t
rm a/f; echo new > a/n
rsync -aHAXi --delete /tmp/s/ /tmp/d/
find /tmp/d -newer /tmp/d/a/n -type f | wc -l
cp -a --sparse=always sp /tmp/sp2; du -k /tmp/sp2 | cut -f1; du -s --apparent-size /tmp/d/a | cut -f2
